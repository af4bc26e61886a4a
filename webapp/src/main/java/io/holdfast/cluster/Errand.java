// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something of a room that Hazelcast blocks, done every so often on a thread of its own, one at a time. */
public final class Errand implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Errand.class.getName());

    private final String name;
    private final AtomicReference<@Nullable Thread> running = new AtomicReference<>();

    /** An errand on a thread of that name. */
    public Errand(String name) {
        this.name = name;
    }

    /** Begins it; false if the one before has not ended. */
    public boolean start(Runnable task) {
        if (running.get() != null) return false;
        Thread thread = new Thread(() -> run(task), name);
        thread.setDaemon(true);
        boolean begun = running.compareAndSet(null, thread);
        if (begun) thread.start();
        return begun;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, () -> "It is tried again later what=" + name, e);
        } finally {
            running.compareAndSet(Thread.currentThread(), null);
        }
    }

    /** Ends the one that is running. */
    @Override
    public void close() {
        Thread thread = running.getAndSet(null);
        if (thread != null) thread.interrupt();
    }
}
