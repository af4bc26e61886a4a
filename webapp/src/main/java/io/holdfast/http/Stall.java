// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Watches whether the client of a stream takes something of what is pending: another piece at least, since it was last looked at. */
public final class Stall {
    private final HeldStream stream;
    private final Duration longest;
    private final Timer timer;
    private final Runnable whenStalled;
    private volatile long seen;
    private volatile boolean cancelled;
    private volatile @Nullable Scheduled scheduled;

    private Stall(HeldStream stream, Duration longest, Timer timer, Runnable whenStalled) {
        this.stream = stream;
        this.longest = longest;
        this.timer = timer;
        this.whenStalled = whenStalled;
    }

    /** Runs the task, on the timer's thread, when nothing is taken for so long, until cancelled or the stream is over. */
    public static Stall watch(HeldStream stream, Duration longest, Timer timer, Runnable whenStalled) {
        Stall stall = new Stall(stream, longest, timer, whenStalled);
        stall.arm();
        return stall;
    }

    private void arm() {
        seen = stream.progress();
        scheduled = timer.after(longest, this::look);
    }

    private void look() {
        if (cancelled || stream.isOver()) return;
        if (stream.progress() == seen) whenStalled.run();
        else arm();
    }

    /** What was pending is taken. */
    public void cancel() {
        cancelled = true;
        Scheduled waiting = scheduled;
        if (waiting != null) waiting.cancel();
    }
}
