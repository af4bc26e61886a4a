// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How far this member has gone out of service. For a delay it says that it is not ready and serves everything, so that load balancers
 * turn away from it. Then its door closes: no more requests are held. Only then the held ones are answered, over a window.
 *
 * <p>All methods are safe from any thread and none blocks.
 */
public final class Drain {
    private static final Logger LOG = System.getLogger(Drain.class.getName());
    private static final double NANOS = 1e9; // of a second

    /** How far it is. */
    public enum State {
        /** It is in service. */
        SERVING(0),
        /** It is not ready, and serves everything. */
        DELAYING(1),
        /** It answers the held requests. */
        RELEASING(2),
        /** It holds nothing any more. */
        DRAINED(3);

        private final int number;

        State(int number) {
            this.number = number;
        }

        /** As a metric tells it. */
        public int number() {
            return number;
        }

        /** In lower case, as it is told. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How far it is now.
     *
     * @param holds how many requests of clients are held
     * @param remaining the rest of the delay; null if there is none
     */
    public record Progress(State state, int holds, @Nullable Duration remaining) {}

    private final Waiters waiters;
    private final Clocks clocks;
    private final Executor executor;
    private final DrainOptions options;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile State state = State.SERVING;
    // These are guarded by this.
    private long closesAt;
    private int delays;
    private @Nullable Scheduled closing;
    private @Nullable Runnable door;

    public Drain(Waiters waiters, Clocks clocks, Executor executor, DrainOptions options) {
        this.waiters = waiters;
        this.clocks = clocks;
        this.executor = executor;
        this.options = options;
    }

    /** The held requests of this member. */
    public Waiters waiters() {
        return waiters;
    }

    /** How long everything is served, unless somebody says otherwise. */
    Duration usualDelay() {
        return options.delay();
    }

    /** Begins with the usual delay. */
    public CompletionStage<Void> begin() {
        return begin(options.delay());
    }

    /**
     * Begins, or shortens a delay that has begun; completes when nothing is held any more. The door is closed by refusing requests that
     * would be held.
     */
    public CompletionStage<Void> begin(Duration delay) {
        return begin(delay, null);
    }

    /** Begins with the usual delay and another door. */
    public CompletionStage<Void> begin(Runnable closeDoor) {
        return begin(options.delay(), closeDoor);
    }

    /**
     * As {@link #begin(Duration)}, with another door: after the delay this is run, so that no more requests come. Those that come
     * nevertheless are served, and held at most until the window is over. It is not run if held requests are being answered already.
     */
    public CompletionStage<Void> begin(Duration delay, @Nullable Runnable closeDoor) {
        Duration left;
        synchronized (this) {
            if (state == State.RELEASING || state == State.DRAINED) return drained.copy();
            long now = clocks.ticker().nanos(), due = now + delay.toNanos();
            if (closeDoor != null) door = closeDoor;
            if (state == State.DELAYING && due - closesAt >= 0) return drained.copy();
            if (closing != null) closing.cancel();
            state = State.DELAYING;
            closesAt = due;
            int number = ++delays;
            closing = clocks.timer().after(delay, () -> executor.execute(() -> release(number)));
            left = delay;
        }
        if (!left.isZero())
            LOG.log(
                    Level.INFO,
                    () -> "Going out of service: not ready, everything is served delay=" + left + " holds=" + held());
        return drained.copy();
    }

    /** Takes the drain back, so that the member is in service; false if held requests are being answered, or were. */
    public boolean takeBack() {
        synchronized (this) {
            if (state != State.DELAYING) return state == State.SERVING;
            if (closing != null) closing.cancel();
            closing = null;
            door = null;
            delays++;
            state = State.SERVING;
        }
        LOG.log(Level.INFO, "In service again");
        return true;
    }

    private void release(int number) {
        Runnable close;
        synchronized (this) {
            // Race: a timer that has fired against takeBack() or a shorter delay; the number tells that it is too late.
            if (state != State.DELAYING || number != delays) return;
            state = State.RELEASING;
            close = door;
        }
        LOG.log(Level.INFO, () -> "Answering held requests holds=" + held() + " window=" + options.window());
        release(close).whenComplete((over, failure) -> {
            state = State.DRAINED;
            LOG.log(Level.INFO, () -> "Drained: this member can be stopped holds=" + held());
            drained.complete(null);
        });
    }

    private CompletionStage<Void> release(@Nullable Runnable close) {
        if (close == null) return waiters.drain(options.window());
        try {
            close.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The door does not close; requests that would be held are refused", e);
            return waiters.drain(options.window());
        }
        return waiters.drainAndRefuse(options.window());
    }

    private int held() {
        return waiters.stats().held();
    }

    /** Whether it has begun and was not taken back. */
    public boolean hasBegun() {
        return state != State.SERVING;
    }

    /** How far it is. */
    public State state() {
        return state;
    }

    /** How far it is, with numbers. */
    public synchronized Progress progress() {
        Duration remaining = state == State.DELAYING
                ? Duration.ofNanos(Math.max(0, closesAt - clocks.ticker().nanos()))
                : null;
        return new Progress(state, held(), remaining);
    }

    /** Why this member is not ready; empty if it is in service. */
    public Optional<String> reason() {
        Progress now = progress();
        if (now.remaining() != null)
            return Optional.of("this member is about to stop; it serves everything for another "
                    + Math.ceil(now.remaining().toNanos() / NANOS * 10) / 10 + " s");
        return now.state() == State.SERVING && !waiters.stats().draining()
                ? Optional.empty()
                : Optional.of("this member takes no more requests to hold; "
                        + (now.state() == State.DRAINED ? "it is drained" : "it answers those that it holds"));
    }
}
