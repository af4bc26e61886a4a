// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a map are joined after a split, by nothing but themselves. Hazelcast makes one from its class name, at each
 * member that merges: it is public, and so is its constructor without parameters.
 */
public abstract class StatelessMerge<T> implements SplitBrainMergePolicy<T, MergingValue<T>, T> {

    /** Both joined: what comes from the smaller side, and what the larger has of the same name, if it has any. */
    protected abstract T join(T merging, @Nullable T existing);

    @Override
    public final T merge(MergingValue<T> merging, @Nullable MergingValue<T> existing) {
        return join(merging.getDeserializedValue(), existing == null ? null : existing.getDeserializedValue());
    }

    @Override
    public final void writeData(ObjectDataOutput out) {
        // It has no state.
    }

    @Override
    public final void readData(ObjectDataInput in) {
        // It has no state.
    }
}
