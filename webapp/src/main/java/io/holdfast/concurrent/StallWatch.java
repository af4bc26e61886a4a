// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Watches something whose progress is awaited, such as a body that comes or a chunk that a client takes. If it makes no progress
 * for the limit, it is told so: once, on the timer's thread, after the limit and before twice the limit.
 *
 * <p>It costs one timer while something is awaited, however often progress is made, and none while nothing is.
 */
public final class StallWatch {
    private final Timer timer;
    private final Duration limit;
    private final Subject subject;
    private final ClosingReference<Scheduled> next = new ClosingReference<>(Scheduled::cancel);
    private final AtomicBoolean watching = new AtomicBoolean();
    private volatile int expected;
    private volatile long seen; // when the timer was armed; changed by the thread that arms it

    /** Something whose progress is watched; called on any thread, with no lock held. */
    public interface Subject {

        /** Grows with everything that comes or is taken. */
        long progress();

        /** Whether something is awaited now. */
        boolean isAwaited();

        /** Nothing came for too long; must not block. */
        void onStall();
    }

    /** A watch that begins with the first {@link #expect()}. */
    public StallWatch(Timer timer, Duration limit, Subject subject) {
        this.timer = timer;
        this.limit = limit;
        this.subject = subject;
    }

    /** Something new will be awaited: called before {@link Subject#isAwaited()} becomes true. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // two at once may count as one: it has changed
    public void expect() {
        expected++;
        arm();
    }

    /** Ends the watch for good; false if it has ended. */
    public boolean close() {
        return next.close();
    }

    private void arm() {
        if (!next.isClosed() && watching.compareAndSet(false, true)) arm(state());
    }

    private void arm(long now) {
        seen = now;
        next.set(timer.after(limit, this::look));
    }

    private void look() {
        // Race: expect() against this look; it counts before anything is awaited, so the count is read here in time.
        boolean awaited = subject.isAwaited();
        long now = state();
        if (now != seen) arm(now);
        else if (!awaited) pause();
        else if (close()) subject.onStall();
    }

    private void pause() {
        watching.set(false);
        // Race: expect() against the line above; if that came first, it has left the timer to this line.
        if (state() != seen) arm();
    }

    /** A new expectation counts as progress: what it is about has not been awaited for long. */
    private long state() {
        return expected + subject.progress();
    }
}
