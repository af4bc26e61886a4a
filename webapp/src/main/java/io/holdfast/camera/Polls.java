// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.Camera.Poll;
import io.holdfast.kernel.Kernel;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The polls of cameras that this member holds. */
final class Polls {
    private final Changes changes;
    private final CameraOptions options;
    private final Waiters waiters;
    private final String me;
    private final AtomicLong count = new AtomicLong();
    /** All polls by their ids, and the newest of each camera by its name. */
    private final Map<String, HeldPoll> polls = new ConcurrentHashMap<>(), newest = new ConcurrentHashMap<>();

    Polls(Kernel kernel, Changes changes, CameraOptions options) {
        this.changes = changes;
        this.options = options;
        this.waiters = kernel.waiters();
        this.me = kernel.cluster().signals().name();
        changes.onShow(this::onShow);
    }

    /** The response to a poll. */
    interface PollSink {
        /**
         * Ends the poll: with a camera that {@linkplain Camera#isToldTo was told} something by it or that has polled again, or with
         * none. Returns false if the client is gone.
         */
        boolean end(HeldPoll poll, Outcome<Camera> outcome);
    }

    /** How many polls are held here. */
    int count() {
        return polls.size();
    }

    /**
     * Holds a camera until there is something for it, it polls again, or the wait is over. A wait of zero only asks whether there is
     * something now.
     *
     * @param commands whether the camera takes commands
     */
    HeldPoll hold(String name, boolean commands, Duration asked, PollSink sink) {
        Duration wait = asked.isZero() ? options.patience() : asked;
        HeldPoll held = new HeldPoll(name, commands, asked.isZero(), changes.until(wait), sink);
        polls.put(held.id, held);
        // Race: two polls of one camera at this line, in either order; the one with the greater count is the newest.
        newest.merge(name, held, (before, now) -> before.number > now.number ? before : now);
        Waiter<Camera> waiter = waiters.hold(Changes.key(Changes.POLLS, name), wait, held::isReleasedBy, held);
        held.waiter = waiter;
        if (waiter.hasEnded()) return held;
        changes.step(name, held.start()).whenComplete((camera, error) -> {
            if (camera == null) held.refuse(error);
            else held.onStarted(camera);
        });
        return held;
    }

    private void onShow(String name, Camera camera) {
        Poll poll = camera.poll();
        HeldPoll mine = newest.get(name);
        if (poll == null && mine != null && mine.isLost(camera)) mine.restart();
        if (poll == null || !changes.isHere(poll)) return;
        HeldPoll held = polls.get(poll.id());
        if (held == null) changes.stepLater(name, new CameraStep.EndPoll(poll.id()));
        else if (changes.isDue(camera)) held.tellCamera();
    }

    /** A poll that is held here. */
    final class HeldPoll implements Sink<Camera> {
        private static final long NOT_KNOWN = Long.MAX_VALUE;

        private final String name;
        private final long number = count.incrementAndGet();
        private final String id = Poll.id(me, number);
        private final boolean commands, brief;
        private final long until;
        private final PollSink sink;
        private final CompletableFuture<Boolean> delivered = new CompletableFuture<>();
        private final AtomicLong pollsShown = new AtomicLong();
        private volatile long pollsThen = NOT_KNOWN; // how many polls the camera had with this one
        private volatile @Nullable Waiter<Camera> waiter;
        private volatile @Nullable Throwable refusal;

        private HeldPoll(String name, boolean commands, boolean brief, long until, PollSink sink) {
            this.name = name;
            this.commands = commands;
            this.brief = brief;
            this.until = until;
            this.sink = sink;
        }

        String id() {
            return id;
        }

        /** Why the poll was not held, if the cluster could not hold it. */
        @Nullable
        Throwable refusal() {
            return refusal;
        }

        /** Ends the poll: its client is gone, or there is no reason to hold it. */
        void close() {
            Waiter<Camera> held = waiter;
            if (held != null) held.gone();
        }

        private CameraStep start() {
            return new CameraStep.StartPoll(me, number, commands, until);
        }

        /** Whether this camera ends the poll. */
        private boolean isReleasedBy(Camera camera) {
            // Race: this camera against the answer of start(), which gives the number of the poll. It may be newer than
            // that answer, so its number of polls is kept for onStarted().
            pollsShown.accumulateAndGet(camera.polls(), Math::max);
            return camera.isToldTo(id) || camera.polls() > pollsThen;
        }

        private void onStarted(Camera camera) {
            Poll poll = camera.poll();
            if (poll != null && poll.id().equals(id)) pollsThen = poll.number();
            // A newer poll of the same turn has replaced this one.
            else if (!camera.isToldTo(id)) close();
            if (pollsShown.get() > pollsThen) close();
            changes.publish(name, camera, hasReplacedOther(camera));
            if (brief && !changes.isDue(camera)) close();
        }

        /** Whether the poll that this one replaced is held at another member, or may be. */
        private boolean hasReplacedOther(Camera camera) {
            Poll poll = camera.poll();
            if (poll == null || !poll.id().equals(id)) return !camera.isToldTo(id);
            return !poll.former().isEmpty() && !poll.former().equals(me);
        }

        private void refuse(@Nullable Throwable why) {
            refusal = why;
            close();
        }

        /** Whether the cluster has lost the camera that knew of this poll. */
        private boolean isLost(Camera camera) {
            return pollsThen != NOT_KNOWN && camera.polls() < pollsThen;
        }

        private void restart() {
            changes.leaveToSweep(changes.step(name, start()).thenAccept(this::onStarted));
        }

        /**
         * Answers the poll with the wake-up and the commands for the camera. Those that do not reach the camera stay for its next poll.
         */
        private void tellCamera() {
            CameraStep tell = new CameraStep.TellPoll(id, options.again().toMillis());
            changes.leaveToSweep(changes.step(name, tell).thenAccept(this::offer));
        }

        private void offer(Camera camera) {
            Waiter<Camera> held = waiter;
            if (!camera.isToldTo(id) || held == null) return;
            held.offer(camera);
            delivered.minimalCompletionStage().thenAccept(reached -> {
                if (reached) return;
                CompletionStage<Camera> undone = changes.step(name, new CameraStep.UndoTell(id));
                changes.leaveToSweep(
                        undone.thenAccept(back -> changes.publish(name, back, changes.isDueElsewhere(back))));
            });
        }

        @Override
        public boolean end(Outcome<Camera> outcome) {
            polls.remove(id);
            newest.remove(name, this);
            Camera camera = outcome.state();
            boolean taken = false;
            try {
                taken = sink.end(this, outcome);
            } finally {
                delivered.complete(taken && camera != null && camera.isToldTo(id));
            }
            if (camera == null && outcome.ending() != Ending.REFUSED)
                changes.stepLater(name, new CameraStep.EndPoll(id));
            return taken;
        }
    }
}
