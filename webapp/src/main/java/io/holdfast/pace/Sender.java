// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.pace;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The sender of one body, and the one end of that body: it is whole, it has broken off, or its rest is not waited for any more.
 *
 * <p>A time between two looks counts if the sender alone could go on at both of them. So nothing is held against a sender that waits for
 * this member, or while the process stands still.
 */
public final class Sender implements AutoCloseable {
    /** The rest of a body whose request has been answered must come at the rate over so many looks. */
    private static final int LOOKS_AT_REST = 2;

    private static final Then OVER = new Then(() -> {}, () -> {});

    private final Pace pace;
    private final Pace.Body body;
    private final AtomicReference<@Nullable Then> then = new AtomicReference<>(); // set once the request is answered
    private volatile boolean mayBeSlow, closed;

    // Of the thread that looks.
    private boolean wasAwaited, wasAnswered, told;
    private int looks;
    private long before; // the bytes that had come when the time began that is looked at

    private static final class Then {
        final Runnable whenEnded, whenCut;

        Then(Runnable whenEnded, Runnable whenCut) {
            this.whenEnded = whenEnded;
            this.whenCut = whenCut;
        }
    }

    enum Finding {
        NOTHING,
        TOO_SLOW,
        TO_CUT
    }

    Sender(Pace pace, Pace.Body body) {
        this.pace = pace;
        this.body = body;
    }

    /** The body begins to come. */
    public void begin() {
        pace.watch(this);
        // Race: the end of the request against the line above; whichever comes second ends the watch.
        if (closed) pace.forget(this);
    }

    /** Its body may come as slowly as it likes until the request is answered: it may be a stream of events. */
    public void allowSlowness() {
        mayBeSlow = true;
    }

    /** Whether nothing more comes. */
    public boolean isOver() {
        return then.get() == OVER;
    }

    /**
     * The request has been answered; names what is to be done at the end of the body: at once, if that is over already.
     *
     * @param whenCut runs instead, if the rest comes too slowly
     */
    public void onEnd(Runnable whenEnded, Runnable whenCut) {
        if (!then.compareAndSet(null, new Then(whenEnded, whenCut))) whenEnded.run();
    }

    /** Nothing more comes; false if that is not new. */
    public boolean end() {
        close();
        Then due = then.getAndSet(OVER);
        if (due != null) due.whenEnded.run();
        return due != OVER;
    }

    /** The body is not waited for any more. */
    @Override
    public void close() {
        closed = true;
        pace.forget(this);
    }

    /**
     * Looks at it; only ever called by one thread at a time.
     *
     * @param least how many bytes have to come between two looks
     */
    Finding look(long least) {
        boolean isAnswered = then.get() != null;
        boolean isAwaited = (isAnswered || !(mayBeSlow || told)) && body.isAwaited();
        boolean counts = isAwaited && wasAwaited && isAnswered == wasAnswered;
        long now = body.bytesReceived();
        int most = isAnswered ? LOOKS_AT_REST : Pace.LOOKS;
        if (isAnswered != wasAnswered || now - before >= least * most) looks = 0;
        else if (counts) looks++;
        if (looks == 0) before = now;
        wasAwaited = isAwaited;
        wasAnswered = isAnswered;
        if (looks < most) return Finding.NOTHING;
        looks = 0;
        before = now;
        told = true;
        return isAnswered ? Finding.TO_CUT : Finding.TOO_SLOW;
    }

    void tell(String rule) {
        if (!isOver()) body.onSlow(rule);
    }

    /** Waits no longer for the rest of a body whose request has been answered. */
    void cut() {
        Then due = then.get();
        // Race: the end of the body against this line; one of the two takes what is to be done.
        if (due == null || due == OVER || !then.compareAndSet(due, OVER)) return;
        close();
        due.whenCut.run();
    }
}
