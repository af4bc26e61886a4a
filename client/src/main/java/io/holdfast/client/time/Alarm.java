// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.time;

import java.time.Duration;

/**
 * At most one task for later: a new task replaces the one that waits. A closed alarm starts no task, whether the task was scheduled
 * before the close or after it. Safe for use by several threads.
 */
public final class Alarm implements AutoCloseable {
    private final Timer timer;
    private Timer.Scheduled scheduled = () -> {}; // guarded by this, as is the next
    private boolean closed;

    Alarm(Timer timer) {
        this.timer = timer;
    }

    /** Runs the task after the delay, instead of the task that waits. */
    public synchronized void schedule(Duration delay, Runnable task) {
        if (closed) return;
        scheduled.cancel();
        scheduled = timer.after(delay, () -> {
            // Race: the timer against close(); a close that came first wins.
            if (!isClosed()) task.run();
        });
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        scheduled.cancel();
    }
}
