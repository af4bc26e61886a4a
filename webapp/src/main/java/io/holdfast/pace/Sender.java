// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.pace;

/** One body that is watched, until this is closed. */
public final class Sender implements AutoCloseable {
    /** Once told, it is told again after so many looks. */
    private static final int LOOKS_ONCE_TOLD = 2;

    final Pace.Body body;
    private final Pace pace;

    // Of the thread that looks.
    private long before; // the bytes that had come when the time began that is looked at
    private int looks = -1; // in that time; the first one only begins it
    private boolean told;

    Sender(Pace pace, Pace.Body body) {
        this.pace = pace;
        this.body = body;
    }

    /** Looks at it; returns how many bytes have come since the first look of those that found too few, or -1 if that is not so. */
    long look(long least) {
        if (!body.isAwaited()) {
            looks = -1;
            return -1;
        }
        long now = body.bytesReceived();
        if (looks < 0 || (!told && now - before >= least)) {
            before = now;
            looks = 0;
            return -1;
        }
        if (++looks < (told ? LOOKS_ONCE_TOLD : Pace.LOOKS)) return -1;
        long came = now - before;
        before = now;
        looks = 0;
        told = true;
        return came;
    }

    @Override
    public void close() {
        pace.forget(this);
    }
}
