// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/** Joins who attends on either side of a split. Public because Hazelcast makes it from its class name. */
public final class AttendanceMerge implements SplitBrainMergePolicy<Attendance, MergingValue<Attendance>, Attendance> {

    @Override
    public Attendance merge(MergingValue<Attendance> merging, @Nullable MergingValue<Attendance> existing) {
        Attendance mine = merging.getDeserializedValue();
        return existing == null ? mine : mine.joined(existing.getDeserializedValue());
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no state.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no state.
    }
}
