// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A task that arms itself again after each run, until cancelled. */
final class Repeating implements Timer.Scheduled, Runnable {
    private final Timer timer;
    private final Duration pause;
    private final Runnable task;
    private boolean cancelled; // guarded by this
    private Timer.@Nullable Scheduled next; // guarded by this

    Repeating(Timer timer, Duration pause, Runnable task) {
        this.timer = timer;
        this.pause = pause;
        this.task = task;
    }

    synchronized void arm() {
        if (!cancelled) next = timer.after(pause, this);
    }

    @Override
    public void run() {
        try {
            task.run();
        } finally {
            arm();
        }
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (next != null) next.cancel();
    }
}
