// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * Runs tasks one after the other, in the order of arrival, on an executor. A task that adds another returns before that one runs.
 * A task that fails is logged and does not keep its successors from running.
 */
public final class SerialQueue implements Executor {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final SerialTask runner;

    /** A queue whose tasks run on that executor; on the thread that adds them if the executor rejects them. */
    public SerialQueue(Executor executor) {
        this.runner = new SerialTask(executor, this::runAll);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        runner.trigger();
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) SerialTask.runGuarded(task);
    }
}
