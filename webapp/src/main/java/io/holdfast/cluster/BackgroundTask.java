// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.time.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A task that blocks, done every so often on a thread of its own. At most one run is under way. */
public final class BackgroundTask implements AutoCloseable {
    private static final Logger LOG = System.getLogger(BackgroundTask.class.getName());

    private final String name;
    private final AtomicReference<@Nullable Thread> running = new AtomicReference<>();

    /** A task on a thread of that name. */
    public BackgroundTask(String name) {
        this.name = name;
    }

    /** Starts a run; false if the one before has not ended. */
    public boolean start(Runnable task) {
        if (running.get() != null) return false;
        Thread thread = Threads.daemon(() -> run(task), name);
        boolean begun = running.compareAndSet(null, thread);
        if (begun) thread.start();
        return begun;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, () -> "The task failed and is tried again later task=" + name, e);
        } finally {
            running.compareAndSet(Thread.currentThread(), null);
        }
    }

    /** Interrupts the run that is under way. */
    @Override
    public void close() {
        Thread thread = running.getAndSet(null);
        if (thread != null) thread.interrupt();
    }
}
