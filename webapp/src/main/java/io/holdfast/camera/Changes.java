// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.Camera.Poll;
import io.holdfast.cluster.Cluster;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes of cameras. Every request that changes a camera does it here, and every request that waits for a change waits under
 * one of these keys. Polls, questions and commands share this class and do not know each other.
 */
final class Changes {
    static final String POLLS = "camera.poll", LOGS = "camera.logs", COMMANDS = "camera.command";

    private static final Logger LOG = System.getLogger(Changes.class.getName());
    private static final String ROOM = "camera";
    private static final byte[] NOTHING = {};
    /** A poll or a question may outlast its deadline by so much; after that the cluster takes it for gone. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final CameraStore store;
    private final CameraOptions options;
    private final Cluster cluster;
    private final Waiters waiters;
    private final Clocks clocks;
    private final String me;
    private final List<BiConsumer<String, Camera>> observers = new CopyOnWriteArrayList<>();

    Changes(Kernel kernel, CameraStore store, CameraOptions options) {
        this.store = store;
        this.options = options;
        this.cluster = kernel.cluster();
        this.waiters = kernel.waiters();
        this.clocks = kernel.clocks();
        this.me = cluster.signals().name();
    }

    /** Starts to receive the signals of other members. */
    void open() {
        cluster.signals().listen(ROOM, (name, state, reply) -> {
            if (isAwaited(name)) refresh(name);
            reply.accept(0);
        });
    }

    /** Shows each camera that is shown to the waiters to this observer too, after them. */
    void onShow(BiConsumer<String, Camera> observer) {
        observers.add(observer);
    }

    static Key<Camera> key(String kind, String name) {
        return new Key<>(kind, name);
    }

    /** Changes a camera; the stage has the camera as the backups have it, or fails with {@link CameraRefusal}. */
    CompletionStage<Camera> step(String name, CameraStep step) {
        return store.step(name, step);
    }

    /** Changes a camera for which nobody waits: if the step fails, the next sweep finds that out. */
    void stepLater(String name, CameraStep step) {
        leaveToSweep(step(name, step));
    }

    /** Ignores the failure of a stage, because the next sweep repeats what is missing. */
    void leaveToSweep(CompletionStage<?> stage) {
        stage.whenComplete((done, error) -> {
            if (error != null) LOG.log(Level.DEBUG, () -> "The next sweep checks the camera again cause=" + error);
        });
    }

    /** Shows a camera that has changed to the waiters here, and has the other members show it to theirs if they need to. */
    void publish(String name, Camera camera, boolean signalsOthers) {
        show(name, camera);
        if (signalsOthers) signal(name);
    }

    void signal(String name) {
        cluster.signals().send(ROOM, name, NOTHING);
    }

    /** Shows the camera as the cluster has it now to the waiters here. */
    void refresh(String name) {
        leaveToSweep(step(name, new CameraStep.Look()).thenAccept(camera -> show(name, camera)));
    }

    private void show(String name, Camera camera) {
        for (String kind : List.of(LOGS, COMMANDS, POLLS))
            if (waiters.isAwaited(key(kind, name))) waiters.release(key(kind, name), camera);
        observers.forEach(observer -> observer.accept(name, camera));
    }

    private boolean isAwaited(String name) {
        return waiters.isAwaited(key(POLLS, name))
                || waiters.isAwaited(key(LOGS, name))
                || waiters.isAwaited(key(COMMANDS, name));
    }

    /** Whether there is something for the poll that is held, here or elsewhere. */
    boolean isDue(Camera camera) {
        return camera.isDue(clocks.cluster().millis(), options.again().toMillis());
    }

    /** Whether there is something for a poll that another member holds. */
    boolean isDueElsewhere(Camera camera) {
        Poll poll = camera.poll();
        return poll != null && !isHere(poll) && isDue(camera);
    }

    boolean isHere(@Nullable Poll poll) {
        return poll != null && poll.member().equals(me);
    }

    /** When the cluster may forget a poll or a question that waits for so long, in epoch milliseconds. */
    long until(Duration wait) {
        return clocks.cluster().millis() + wait.plus(GRACE).toMillis();
    }
}
