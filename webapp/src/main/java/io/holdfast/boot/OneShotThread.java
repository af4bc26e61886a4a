// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.time.Threads;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * A thread that lives for one task. Hazelcast leaves thread-locals on the thread that starts or stops a member. On a thread of the
 * server, they would keep the whole application in memory after its end.
 */
final class OneShotThread {

    private OneShotThread() {}

    /** Returns the result of the task, or throws its exception. An interrupt is passed on to the task. */
    static <T> T call(String threadName, Supplier<T> task) {
        FutureTask<T> future = new FutureTask<>(task::get);
        Thread thread = Threads.thread(future, threadName);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return ended(future, thread);
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt();
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static <T> T ended(FutureTask<T> future, Thread thread) throws InterruptedException {
        thread.join();
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) throw failure;
            if (e.getCause() instanceof Error error) throw error;
            throw new IllegalStateException(e.getCause());
        }
    }
}
