// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One held request: it waits for its key to move past what it has seen, with a deadline, and ends exactly once.
 *
 * @param <S> the state of its key
 */
public final class Waiter<S> {
    private static final Logger LOG = System.getLogger(Waiter.class.getName());

    private final Waiters home;
    private final Key<S> key;
    private final Predicate<? super S> moved;
    private final Sink<S> sink;
    private final long since;

    /** The one door: whoever turns it first decides the ending. */
    private final AtomicBoolean ended = new AtomicBoolean();

    private volatile @Nullable Scheduled deadline;

    /** Neighbours in the list of the key; guarded by the lock of that list. */
    @Nullable
    Waiter<S> previous, next;

    Waiter(Waiters home, Key<S> key, Predicate<? super S> moved, Sink<S> sink, long since) {
        this.home = home;
        this.key = key;
        this.moved = moved;
        this.sink = sink;
        this.since = since;
    }

    Key<S> key() {
        return key;
    }

    long since() {
        return since;
    }

    boolean isPast(S state) {
        return moved.test(state);
    }

    /** Releases the waiter if this state is past what it has seen. */
    public void offer(S state) {
        offer(state, home.now());
    }

    /** As {@link #offer(Object)}, of a release that was decided at that reading of the ticker. */
    void offer(S state, long decided) {
        if (!ended.get() && isPast(state)) end(Outcome.released(state), decided);
    }

    /** Ends the waiter because its client has left. */
    public void gone() {
        end(Ending.GONE);
    }

    void end(Ending ending) {
        end(Outcome.without(ending), home.now());
    }

    private void end(Outcome<S> outcome, long decided) {
        if (!ended.compareAndSet(false, true)) return;
        home.forget(this);
        cancelDeadline();
        tell(outcome, decided);
    }

    private void tell(Outcome<S> outcome, long decided) {
        boolean taken = false;
        try {
            taken = sink.end(outcome);
        } catch (RuntimeException e) {
            // The batch that this waiter is part of has others to release.
            LOG.log(Level.ERROR, () -> "The sink of a waiter failed key=" + key + " ending=" + outcome.ending(), e);
        }
        home.ended(taken ? outcome.ending() : Ending.GONE, since, decided);
    }

    /** Ends a waiter that was never registered. */
    void refuse() {
        ended.set(true);
        tell(Outcome.without(Ending.REFUSED), since);
    }

    void deadline(Scheduled scheduled) {
        deadline = scheduled;
        // An ending that came before the line above found no deadline to cancel.
        if (ended.get()) cancelDeadline();
    }

    private void cancelDeadline() {
        Scheduled scheduled = deadline;
        if (scheduled != null) scheduled.cancel();
    }
}
