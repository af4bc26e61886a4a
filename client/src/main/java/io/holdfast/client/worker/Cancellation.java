// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whether the response to a request is still wanted. Safe for use by several threads. */
final class Cancellation {
    /** The reason, for messages. */
    static final String REASON = "The response is no longer wanted.";

    private final CompletableFuture<@Nullable Void> cancelled = new CompletableFuture<>();
    private final List<Runnable> tasks = new ArrayList<>(); // guarded by this, as is the next
    private @Nullable Thread working;

    boolean isCancelled() {
        return cancelled.isDone();
    }

    CompletionStage<@Nullable Void> cancelled() {
        return cancelled;
    }

    void cancel() {
        List<Runnable> due;
        synchronized (this) {
            cancelled.complete(null);
            if (working != null) working.interrupt();
            due = List.copyOf(tasks);
            tasks.clear();
        }
        due.forEach(Runnable::run);
    }

    /** Runs the task on cancellation; at once if that has happened. */
    void onCancel(Runnable task) {
        synchronized (this) {
            if (!cancelled.isDone()) {
                tasks.add(task);
                return;
            }
        }
        task.run();
    }

    /** Does the work on this thread, which a cancellation interrupts. */
    <T> T interrupting(Callable<T> work) throws Exception {
        synchronized (this) {
            if (cancelled.isDone()) throw new InterruptedException(REASON);
            working = Thread.currentThread();
        }
        try {
            return work.call();
        } finally {
            synchronized (this) {
                working = null;
                // Race: an interruption against the end of the work; it must not reach the work that comes next.
                Thread.interrupted();
            }
        }
    }
}
