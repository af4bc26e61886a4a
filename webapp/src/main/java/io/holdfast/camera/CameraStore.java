// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.map.IMap;
import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.Step;
import io.holdfast.cluster.StepStore;
import io.holdfast.cluster.StepStore.Rules;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The cameras in the maps of the cluster; no other class holds these maps. */
final class CameraStore {
    private static final Logger LOG = System.getLogger(CameraStore.class.getName());
    private static final String SEPARATOR = ",";
    private static final int WANTED_SECONDS = 10;

    private final Records<Camera> cameras;
    private final StepStore<Camera, Camera> steps;
    private final IMap<String, String> wanted;
    private final CameraOptions options;
    private final Clocks clocks;

    CameraStore(Kernel kernel, CameraOptions options) {
        this.options = options;
        this.clocks = kernel.clocks();
        this.cameras = new Records<>(kernel.cluster(), CameraWire.MAP);
        this.steps = new StepStore<>(
                kernel.cluster(), cameras, options.patience(), clocks, kernel.executor(), new Owner(options));
        this.wanted = kernel.cluster().map(CameraWire.WANTED);
    }

    /** Changes the camera by that step. Completes with the camera as the backups have it, or fails with {@link CameraRefusal}. */
    CompletionStage<Camera> step(String camera, CameraStep step) {
        return steps.step(camera, step);
    }

    /** The cameras as their primaries have them, without what is long. */
    CompletionStage<Map<String, Camera>> preview(Set<String> names) {
        return cameras.preview(names, new Camera.Summary());
    }

    /** Lets the other members know that this one wants something of these cameras. */
    void want(String member, Set<String> names) {
        wanted.setAsync(member, String.join(SEPARATOR, names), WANTED_SECONDS, TimeUnit.SECONDS)
                .whenComplete((done, error) -> {
                    if (error != null) LOG.log(Level.DEBUG, "The next sweep repeats which cameras are wanted", error);
                });
    }

    /** The cameras that any of these members has lately wanted something of. */
    CompletionStage<Set<String>> wanted(Set<String> members) {
        Set<String> all = ConcurrentHashMap.newKeySet();
        CompletableFuture<?>[] reads = members.stream()
                .map(member -> wanted.getAsync(member)
                        .thenAccept(names -> {
                            if (names != null) all.addAll(List.of(names.split(SEPARATOR)));
                        })
                        .toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(reads).thenApply(done -> all);
    }

    /** The names of all cameras. Blocks. */
    Set<String> names() {
        return cameras.keys();
    }

    /** Whether new cameras were refused here lately, so that {@link #removeAbsent} should be called soon. */
    boolean isPressed() {
        return cameras.isPressed();
    }

    /** Removes the cameras that have long been absent and whose primary is here. Blocks. */
    void removeAbsent() {
        cameras.remove(
                new Camera.LongAbsent(clocks.cluster().millis(), options.keep().toMillis(), isPressed()));
    }

    private record Owner(CameraOptions options) implements StepStore.Owner<Camera, Camera> {

        @Override
        public Rules<Camera, Camera> rules() {
            return new Camera.Keeping();
        }

        @Override
        public int limit() {
            return options.limit();
        }

        @Override
        public RuntimeException refusal(StepStore.Failure failure, String why) {
            return switch (failure) {
                case UNAVAILABLE -> new CameraRefusal(Why.UNAVAILABLE, why);
                case UNKNOWN -> new CameraRefusal(Why.UNKNOWN, why);
                case FULL ->
                    new CameraRefusal(Why.TOO_MANY_CAMERAS, "there are as many cameras as camera.limit allows");
            };
        }

        /** Of many who ask together, the one who waits longest asks for all. */
        @Override
        public List<Step<Camera>> combined(List<Step<Camera>> steps) {
            List<Step<Camera>> combined = new ArrayList<>();
            int asking = -1;
            for (Step<Camera> step : steps)
                if (!(step instanceof CameraStep.Ask ask)) combined.add(step);
                else if (asking < 0) {
                    asking = combined.size();
                    combined.add(ask);
                } else if (combined.get(asking) instanceof CameraStep.Ask before && before.until() < ask.until())
                    combined.set(asking, ask);
            return combined;
        }
    }
}
