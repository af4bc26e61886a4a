// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a channel after a split. Public because Hazelcast makes it from its class name. */
public final class LogMerge implements SplitBrainMergePolicy<Log, MergingValue<Log>, Log> {

    @Override
    public Log merge(MergingValue<Log> merging, @Nullable MergingValue<Log> existing) {
        return Log.join(merging.getDeserializedValue(), existing == null ? null : existing.getDeserializedValue());
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
