// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs tasks one after the other, in the order they came, on whatever thread the executor has. */
final class Serial implements Executor {
    private final Executor executor;
    private final Consumer<Throwable> broken;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /** Tells of what a task threw, so that its owner does not wait for it. */
    Serial(Executor executor, Consumer<Throwable> broken) {
        this.executor = executor;
        this.broken = broken;
    }

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        if (size.getAndIncrement() == 0) executor.execute(this::run);
    }

    private void run() {
        do {
            Runnable task = waiting.remove();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                broken.accept(e);
            }
        } while (size.decrementAndGet() > 0);
    }
}
