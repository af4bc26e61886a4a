// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.departure;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One hold whose connection is watched, until it is closed or its client has left. */
public final class Watched implements AutoCloseable {
    private static final Runnable NOBODY = () -> {};
    private static final Runnable TOLD = () -> {};

    final TcpPair pair;
    /** The sweep that ran, or came last, when this began. */
    final int born;
    /** Another hold of the same connection, as HTTP/2 has them; changed under the lock of the map's entry. */
    volatile @Nullable Watched next;

    private final Departures home;
    private final Runnable whenLeft;
    private final AtomicReference<Runnable> whenUnwatched = new AtomicReference<>(NOBODY);
    private volatile boolean left, unwatched;

    // Of the thread that sweeps.
    private int sweep;
    private boolean open, halfClosed, seen;
    private int absences;

    Watched(Departures home, TcpPair pair, int born, Runnable whenLeft) {
        this.home = home;
        this.pair = pair;
        this.born = born;
        this.whenLeft = whenLeft;
    }

    /** Whether its client was found to have left. */
    public boolean hasLeft() {
        return left;
    }

    /** Names the task that runs once, at once if it has to, if nothing but a write can tell whether the client is still there. */
    public void onUnwatched(Runnable listener) {
        // Race: the sweep against this line; the sweep runs the listener that it finds, and otherwise this line does.
        if (!whenUnwatched.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** Notes a row of this connection. */
    void note(int number, int state) {
        if (sweep != number) open = halfClosed = false;
        sweep = number;
        // An address of ours can have two connections with the same remote end, if the machine has several: the open
        // one counts.
        if (state == TcpTable.ESTABLISHED) open = true;
        if (state == TcpTable.CLOSE_WAIT) halfClosed = true;
        if (open || halfClosed) seen = true;
    }

    /**
     * Decides after a sweep; true if the client has left.
     *
     * @param keepsHalfClosed whether a client may close its side
     * @param shown whether the table must have this connection
     */
    boolean isLeftAfter(int number, boolean keepsHalfClosed, boolean shown) {
        if (sweep == number && (open || halfClosed)) {
            absences = 0;
            if (!open && !keepsHalfClosed) return true;
            unwatched = false;
            if (!open) whenUnwatched.getAndSet(TOLD).run();
            return false;
        }
        // The table may have been read before the connection was made.
        if (born == number) return false;
        // The table is no snapshot: a row can be missed once.
        if (++absences < 2) return false;
        if (seen || shown) return true;
        becomeUnwatched();
        return false;
    }

    void becomeUnwatched() {
        if (unwatched) return;
        unwatched = true;
        whenUnwatched.getAndSet(TOLD).run();
    }

    boolean isUnwatched() {
        return unwatched;
    }

    void leave() {
        left = true;
        home.forget(this);
        whenLeft.run();
    }

    /** Watches no more; the hold has ended. */
    @Override
    public void close() {
        home.forget(this);
    }
}
