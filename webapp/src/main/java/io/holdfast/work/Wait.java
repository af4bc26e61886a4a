// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.work.queue.Queue.Match;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** How a ticket waits for a worker: it ends once. */
interface Wait {

    /** Whether it has ended, any way. */
    boolean hasEnded();

    /** Ends it with a worker. */
    void offer(Match match);

    /** Ends it, because nobody wants it any more. */
    void gone();

    /** That of a client, whose request is held. */
    static Wait of(Waiter<Match> waiter) {
        return new Wait() {
            @Override
            public boolean hasEnded() {
                return waiter.hasEnded();
            }

            @Override
            public void offer(Match match) {
                waiter.offer(match);
            }

            @Override
            public void gone() {
                waiter.gone();
            }
        };
    }

    /** One that nobody is connected for: nothing is held meanwhile. */
    static Wait unheld(Duration left, Sink<Match> sink, Timer timer, Executor executor) {
        Unheld wait = new Unheld(sink);
        wait.deadline(timer.after(left, () -> executor.execute(() -> wait.end(Ending.TIMED_OUT, null))));
        return wait;
    }

    /** What {@link #unheld} makes. */
    final class Unheld implements Wait {
        private final Sink<Match> sink;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable Scheduled deadline;

        private Unheld(Sink<Match> sink) {
            this.sink = sink;
        }

        private void deadline(Scheduled scheduled) {
            deadline = scheduled;
            // An ending that came before the line above found no deadline to cancel.
            if (ended.get()) scheduled.cancel();
        }

        private void end(Ending ending, @Nullable Match match) {
            if (!ended.compareAndSet(false, true)) return;
            Scheduled scheduled = deadline;
            if (scheduled != null) scheduled.cancel();
            sink.end(new Outcome<>(ending, match));
        }

        @Override
        public boolean hasEnded() {
            return ended.get();
        }

        @Override
        public void offer(Match match) {
            end(Ending.RELEASED, match);
        }

        @Override
        public void gone() {
            end(Ending.GONE, null);
        }
    }
}
