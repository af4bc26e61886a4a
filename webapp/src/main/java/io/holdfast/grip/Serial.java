// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one after the other, in the order in which they come, on an executor. */
final class Serial implements Executor {
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
                if (task != null) task.run();
            }
            done = waiting.addAndGet(-done);
        } while (done != 0);
    }
}
