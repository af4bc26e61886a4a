// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.WaiterList.Place;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Predicate;

/**
 * One held request. It waits, with a deadline, for one of its keys to move past the state that its client has seen. It ends
 * exactly once.
 *
 * @param <S> the state of its keys
 */
public final class Waiter<S> {
    private static final Logger LOG = System.getLogger(Waiter.class.getName());

    private final Waiters home;
    private final Predicate<? super S> moved;
    private final Sink<S> sink;
    private final long since;
    private final Kind kind;

    /** The one door: the first to close it decides the ending. It refers to the deadline, which it cancels. */
    private final ClosingReference<Scheduled> door = new ClosingReference<>(Scheduled::cancel);

    /** Its place in the list of one of its keys, which leads to its places in the others. */
    private final Place<S> place;

    /** For whom the registry has a waiter. */
    enum Kind {
        /** A client, which is counted and observed. */
        CLIENT,
        /** The member itself. */
        OWN,
        /** A part of the program that is not counted. */
        UNSEEN
    }

    Waiter(Waiters home, List<Key<S>> keys, Predicate<? super S> moved, Sink<S> sink, long since, Kind kind) {
        this.home = home;
        this.moved = moved;
        this.sink = sink;
        this.since = since;
        this.kind = kind;
        Place<S> first = new Place<>(keys.get(0), this, null);
        for (Key<S> key : keys.subList(1, keys.size())) first = new Place<>(key, this, first);
        this.place = first;
    }

    Place<S> place() {
        return place;
    }

    /** Whether it has ended, in whatever way. */
    public boolean hasEnded() {
        return door.isClosed();
    }

    boolean isOfClient() {
        return kind == Kind.CLIENT;
    }

    long since() {
        return since;
    }

    boolean isPast(S state) {
        return moved.test(state);
    }

    /** Releases the waiter if this state is past the one that its client has seen. */
    public void offer(S state) {
        offer(state, home.now());
    }

    /** As {@link #offer(Object)}, for a release that was decided at that reading of the ticker; true if it released a client. */
    boolean offer(S state, long decided) {
        return !hasEnded() && isPast(state) && end(Outcome.released(state), decided);
    }

    /** Ends the waiter because its client has left. */
    public void gone() {
        end(Ending.GONE);
    }

    void end(Ending ending) {
        end(Outcome.without(ending), home.now());
    }

    private boolean end(Outcome<S> outcome, long decided) {
        // Race: every ending against every other; the first to close the door wins, and the others find nothing to do.
        if (!door.close()) return false;
        if (kind != Kind.UNSEEN) home.forget(this, kind);
        return write(outcome, decided);
    }

    private boolean write(Outcome<S> outcome, long decided) {
        boolean taken = false;
        try {
            taken = sink.end(outcome);
        } catch (RuntimeException e) {
            // The exception must not prevent the release of the other waiters of this batch.
            LOG.log(
                    Level.ERROR,
                    () -> "The sink of a waiter failed key=" + place.key + " ending=" + outcome.ending(),
                    e);
        }
        if (kind == Kind.CLIENT) home.ended(taken ? outcome.ending() : Ending.GONE, since, decided);
        return taken;
    }

    /** Ends a waiter that was never registered. */
    void refuse() {
        door.close();
        write(Outcome.without(Ending.REFUSED), since);
    }

    /** Sets the timer that ends the waiter. Cancels the timer at once if the waiter has ended already. */
    void deadline(Scheduled scheduled) {
        door.set(scheduled);
    }
}
