// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a camera after a split. Public because Hazelcast makes it from its class name. */
public final class CameraMerge implements SplitBrainMergePolicy<Camera, MergingValue<Camera>, Camera> {

    @Override
    public Camera merge(MergingValue<Camera> merging, @Nullable MergingValue<Camera> existing) {
        return Camera.join(merging.getDeserializedValue(), existing == null ? null : existing.getDeserializedValue());
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
