// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The process's timer: one daemon thread, however many tasks wait; a cancelled task is forgotten at once. */
public final class SystemTimer implements Timer, AutoCloseable {
    private static final Logger LOG = System.getLogger(SystemTimer.class.getName());

    private final ScheduledThreadPoolExecutor executor;

    public SystemTimer(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> Threads.daemon(task, threadName));
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Scheduled after(Duration delay, Runnable task) {
        Future<?> future = executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A timer task failed; the timer goes on", e);
        } catch (Error e) {
            // The executor would keep it for whoever asks for the result.
            OutOfMemory.note(e);
            throw e;
        }
    }

    /** Drops what still waits and waits for the task that runs, at most a second. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
