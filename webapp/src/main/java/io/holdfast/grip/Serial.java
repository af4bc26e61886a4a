// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one after the other, in the order in which they come, on an executor; one that fails does not keep others from running. */
final class Serial implements Executor {
    private static final Logger LOG = System.getLogger(Serial.class.getName());

    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Serial(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) executor.execute(this::run);
    }

    private void run() {
        int done = 1;
        do {
            for (int i = 0; i < done; i++) {
                Runnable task = tasks.poll();
                if (task != null) run(task);
            }
            done = waiting.addAndGet(-done);
        } while (done != 0);
    }

    /** Runs a task, whatever becomes of it. */
    static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // Even where there was no memory for it: the next may need less.
            LOG.log(Level.ERROR, "A task failed", e);
        }
    }
}
