// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.pace;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The one end of a body, which has come or is cut. */
public final class BodyEnd {
    private static final Then OVER = new Then(() -> {}, () -> {});

    private final AtomicReference<@Nullable Then> then = new AtomicReference<>();

    private static final class Then {
        final Runnable whenEnded, whenCut;

        Then(Runnable whenEnded, Runnable whenCut) {
            this.whenEnded = whenEnded;
            this.whenCut = whenCut;
        }
    }

    /** Whether nothing more comes. */
    public boolean isOver() {
        return then.get() == OVER;
    }

    /** Names what runs at the end: at once, if that is over already. */
    public void onEnd(Runnable whenEnded, Runnable whenCut) {
        if (!then.compareAndSet(null, new Then(whenEnded, whenCut))) whenEnded.run();
    }

    /** Nothing more comes; false if that is not new. */
    public boolean end() {
        Then due = then.getAndSet(OVER);
        if (due != null) due.whenEnded.run();
        return due != OVER;
    }

    /** Waits no longer for the rest of a body whose request has been answered; false if it has not, or all has come. */
    public boolean cut() {
        Then due = then.get();
        // Race: the end of the body against this line; one of the two takes what is to be done.
        if (due == null || due == OVER || !then.compareAndSet(due, OVER)) return false;
        due.whenCut.run();
        return true;
    }
}
