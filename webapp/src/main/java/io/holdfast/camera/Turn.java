// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.map.EntryProcessor;
import java.util.List;
import java.util.Map.Entry;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Steps of a camera from one member, applied once however often they are sent; its answer is the camera afterwards. It runs on the
 * backups too, so what it answers is there.
 *
 * @param origin who sends it
 * @param number its number, growing by origin
 * @param now the time, in epoch milliseconds
 * @param again after how many milliseconds a camera that was told is told again
 * @param mayCreate whether the camera may be new
 * @param steps in order
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Turn(UUID origin, long number, long now, long again, boolean mayCreate, List<Step> steps)
        implements EntryProcessor<String, Camera, Turned> {

    @Override
    @SuppressWarnings("ReferenceEquality") // a step that changes nothing returns the same camera
    public Turned process(Entry<String, @Nullable Camera> entry) {
        Camera before = entry.getValue() == null ? Camera.UNKNOWN : entry.getValue();
        if (before.hasDone(origin, number)) return new Turned(true, before);
        Camera after = before;
        for (Step step : steps) after = step.applyTo(after, now, again);
        if (after == before) return new Turned(true, before);
        if (entry.getValue() == null && !mayCreate) return new Turned(false, before);
        Camera kept = after.done(origin, number, now);
        entry.setValue(kept);
        return new Turned(true, kept);
    }
}
