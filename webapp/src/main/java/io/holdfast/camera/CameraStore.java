// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.map.IMap;
import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Standing;
import io.holdfast.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The cameras in the cluster's map; the only class that holds it. */
final class CameraStore {
    private static final Logger LOG = System.getLogger(CameraStore.class.getName());
    private static final String SEPARATOR = ",";
    private static final int WANTED_SECONDS = 10;

    private final IMap<String, Camera> map;
    private final IMap<String, String> wanted;
    private final Batches<Request, Turn, Camera, Turned> batches;
    private final Standing standing;
    private final CameraOptions options;
    private final Clocks clocks;
    private final UUID origin = UUID.randomUUID();
    private volatile boolean roomForMore = true;

    CameraStore(Cluster cluster, CameraOptions options, Clocks clocks, Executor executor) {
        this.map = cluster.map(CameraWire.MAP);
        this.wanted = cluster.map(CameraWire.WANTED);
        this.batches = new Batches<>(cluster, CameraWire.MAP, options.patience(), clocks, executor, new Turns());
        this.standing = cluster.standing();
        this.options = options;
        this.clocks = clocks;
    }

    /** Has this happen to the camera; the camera afterwards, as the backups have it. Fails with {@link CameraRefusal}. */
    CompletionStage<Camera> step(String camera, Step step) {
        Request request = new Request(step, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(camera, request);
        return request.result;
    }

    /** The cameras as their primaries have them, for a first look. */
    CompletionStage<Map<String, Camera>> glance(Set<String> cameras) {
        return map.submitToKeys(cameras, new Glance());
    }

    /** Says that this member wants something of these cameras. */
    void want(String member, Set<String> cameras) {
        wanted.setAsync(member, String.join(SEPARATOR, cameras), WANTED_SECONDS, TimeUnit.SECONDS)
                .whenComplete((done, error) -> {
                    if (error != null) LOG.log(Level.DEBUG, "The next sweep says it again", error);
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

    /** The names of all. Blocks. */
    Set<String> names() {
        return map.keySet();
    }

    /** Looks whether there may be more: whether this member owns more than its share of what is allowed. */
    void takeStock() {
        long share = -Math.floorDiv(-options.limit(), Math.max(1, standing.size()));
        roomForMore = map.getLocalMapStats().getOwnedEntryCount() < share;
    }

    /** Removes those that have long been away and whose primary is here. Blocks. */
    void forget() {
        long now = clocks.wall().millis(), keep = options.keep().toMillis();
        Set<String> due = Cluster.ownKeys(map, new Forget.Due(now, keep));
        if (!due.isEmpty()) map.executeOnKeys(due, new Forget(now, keep));
    }

    private record Request(Step step, long since, CompletableFuture<Camera> result) implements Batches.Request {

        void refuse(Why why, String message) {
            result.completeExceptionally(new CameraRefusal(why, message));
        }
    }

    private final class Turns implements Batches.Store<Request, Turn, Turned> {

        @Override
        public Turn command(String camera, long number, List<Request> aboard) {
            long now = clocks.wall().millis();
            return new Turn(origin, number, now, options.again().toMillis(), roomForMore, steps(aboard));
        }

        /** Of many who ask together, the one who waits longest asks for all. */
        private static List<Step> steps(List<Request> aboard) {
            List<Step> steps = new ArrayList<>();
            int asking = -1;
            for (Request request : aboard) {
                Step step = request.step;
                if (step.kind() != Step.Kind.ASKED) steps.add(step);
                else if (asking < 0) {
                    asking = steps.size();
                    steps.add(step);
                } else if (steps.get(asking).until() < step.until()) steps.set(asking, step);
            }
            return steps;
        }

        @Override
        public void deliver(String camera, Turn turn, Turned turned, List<Request> aboard) {
            for (Request request : aboard)
                if (turned.room()) request.result.complete(turned.camera());
                else request.refuse(Why.TOO_MANY_CAMERAS, "there are as many cameras as camera.limit allows");
        }

        @Override
        public void refuse(List<Request> aboard, boolean sent, String why) {
            for (Request request : aboard) request.refuse(sent ? Why.UNKNOWN : Why.UNAVAILABLE, why);
        }
    }
}
