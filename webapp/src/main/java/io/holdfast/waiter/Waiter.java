// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.WaiterList.Place;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One held request: it waits for one of its keys to move past what it has seen, with a deadline, and ends exactly once.
 *
 * @param <S> the state of its keys
 */
public final class Waiter<S> {
    private static final Logger LOG = System.getLogger(Waiter.class.getName());

    private final Waiters home;
    private final Predicate<? super S> moved;
    private final Sink<S> sink;
    private final long since;

    /** The one door: whoever turns it first decides the ending. */
    private final AtomicBoolean ended = new AtomicBoolean();

    private volatile @Nullable Scheduled deadline;

    /** Its place in the list of one of its keys, which leads to those in the others. */
    private final Place<S> place;

    Waiter(Waiters home, List<Key<S>> keys, Predicate<? super S> moved, Sink<S> sink, long since) {
        this.home = home;
        this.moved = moved;
        this.sink = sink;
        this.since = since;
        Place<S> first = new Place<>(keys.get(0), this, null);
        for (Key<S> key : keys.subList(1, keys.size())) first = new Place<>(key, this, first);
        this.place = first;
    }

    Place<S> place() {
        return place;
    }

    /** Whether it has ended, any way. */
    public boolean hasEnded() {
        return ended.get();
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

    /** As {@link #offer(Object)}, of a release that was decided at that reading of the ticker; whether it released a client. */
    boolean offer(S state, long decided) {
        return !ended.get() && isPast(state) && end(Outcome.released(state), decided);
    }

    /** Ends the waiter because its client has left. */
    public void gone() {
        end(Ending.GONE);
    }

    void end(Ending ending) {
        end(Outcome.without(ending), home.now());
    }

    private boolean end(Outcome<S> outcome, long decided) {
        if (!ended.compareAndSet(false, true)) return false;
        home.forget(this);
        cancelDeadline();
        return tell(outcome, decided);
    }

    private boolean tell(Outcome<S> outcome, long decided) {
        boolean taken = false;
        try {
            taken = sink.end(outcome);
        } catch (RuntimeException e) {
            // The batch that this waiter is part of has others to release.
            LOG.log(
                    Level.ERROR,
                    () -> "The sink of a waiter failed key=" + place.key + " ending=" + outcome.ending(),
                    e);
        }
        home.ended(taken ? outcome.ending() : Ending.GONE, since, decided);
        return taken;
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
