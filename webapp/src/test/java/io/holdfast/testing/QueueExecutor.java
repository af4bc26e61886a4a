// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Keeps tasks until a thread asks for them to run, and runs them on that thread. */
public final class QueueExecutor implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public synchronized void execute(Runnable task) {
        tasks.add(task);
    }

    /** How many tasks wait. */
    public synchronized int size() {
        return tasks.size();
    }

    /** Runs the oldest task; false when there was none. */
    public boolean runNext() {
        Runnable task = next();
        if (task != null) task.run();
        return task != null;
    }

    /** Runs until no task waits, including those added meanwhile. */
    public void runAll() {
        Runnable task = next();
        while (task != null) {
            task.run();
            task = next();
        }
    }

    private synchronized @Nullable Runnable next() {
        return tasks.poll();
    }
}
