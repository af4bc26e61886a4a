// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a counter after a split. Public because Hazelcast makes it from its class name. */
public final class TallyMerge implements SplitBrainMergePolicy<Tally, MergingValue<Tally>, Tally> {

    @Override
    public Tally merge(MergingValue<Tally> merging, @Nullable MergingValue<Tally> existing) {
        return Tally.join(merging.getDeserializedValue(), existing == null ? null : existing.getDeserializedValue());
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
