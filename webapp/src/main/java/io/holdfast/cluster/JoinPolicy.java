// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Joins the records of a map after a split by nothing but themselves. Hazelcast makes one from its class name at each member that
 * merges; it is therefore public, and so is its constructor without parameters.
 */
public final class JoinPolicy<V extends JoinPolicy.Joinable<V>>
        implements SplitBrainMergePolicy<V, MergingValue<V>, V> {

    /** A replicated record that knows how to join the two sides of a split. */
    public interface Joinable<V> {
        /** This record, from the smaller side of the split, joined with the one of the larger side. */
        V joined(V larger);
    }

    @Override
    public V merge(MergingValue<V> merging, @Nullable MergingValue<V> existing) {
        V smaller = merging.getDeserializedValue();
        return existing == null ? smaller : smaller.joined(existing.getDeserializedValue());
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
