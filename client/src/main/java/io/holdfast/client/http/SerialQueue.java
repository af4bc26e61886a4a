// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs tasks one after the other, in the order of their arrival, on the threads of an executor. */
final class SerialQueue implements Executor {
    private final Executor executor;
    private final Consumer<Throwable> onFailure;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /** A queue that passes on whatever a task throws, so that the owner does not wait for ever. */
    SerialQueue(Executor executor, Consumer<Throwable> onFailure) {
        this.executor = executor;
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        // Race: several threads add tasks; only the one that finds the queue empty starts a thread for all of them.
        if (size.getAndIncrement() == 0) executor.execute(this::run);
    }

    private void run() {
        do {
            Runnable task = waiting.remove();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                onFailure.accept(e);
            }
        } while (size.decrementAndGet() > 0);
    }
}
