// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.query.Predicate;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Removes a camera that has long been away.
 *
 * @param now the time, in epoch milliseconds
 * @param keep for how long, in milliseconds
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Forget(long now, long keep) implements EntryProcessor<String, Camera, Boolean> {

    @Override
    public Boolean process(Entry<String, @Nullable Camera> entry) {
        Camera camera = entry.getValue();
        if (camera == null || !camera.isOver(now, keep)) return false;
        entry.setValue(null);
        return true;
    }

    /**
     * The cameras that it removes. Asked of the member's own partitions only; it travels when they do.
     *
     * @param now the time, in epoch milliseconds
     * @param keep for how long, in milliseconds
     */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Due(long now, long keep) implements Predicate<String, Camera> {

        @Override
        public boolean apply(Entry<String, Camera> entry) {
            return entry.getValue().isOver(now, keep);
        }
    }
}
