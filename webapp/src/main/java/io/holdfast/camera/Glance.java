// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** A camera as its primary has it, without what is long: a first look. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Glance() implements EntryProcessor<String, Camera, Camera> {

    @Override
    public Camera process(Entry<String, @Nullable Camera> entry) {
        Camera camera = entry.getValue();
        return camera == null ? Camera.UNKNOWN : camera.summary();
    }

    @Override
    public @Nullable EntryProcessor<String, Camera, Camera> getBackupProcessor() {
        return null;
    }
}
