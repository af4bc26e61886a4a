// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whether somebody still wants what is being done. May be used by any thread. */
final class Cancellation {
    private final CompletableFuture<@Nullable Void> cancelled = new CompletableFuture<>();
    private final List<Runnable> tasks = new ArrayList<>(); // guarded by this, as is the next
    private @Nullable Thread at;

    boolean isCancelled() {
        return cancelled.isDone();
    }

    CompletionStage<@Nullable Void> cancelled() {
        return cancelled;
    }

    /** Nobody wants it any more. */
    void cancel() {
        List<Runnable> due;
        synchronized (this) {
            cancelled.complete(null);
            if (at != null) at.interrupt();
            due = List.copyOf(tasks);
            tasks.clear();
        }
        due.forEach(Runnable::run);
    }

    void onCancel(Runnable task) {
        synchronized (this) {
            if (!cancelled.isDone()) {
                tasks.add(task);
                return;
            }
        }
        task.run();
    }

    /** Does it here; this thread is interrupted if nobody wants it any more, and not afterwards. */
    <T> T interrupting(Callable<T> work) throws Exception {
        synchronized (this) {
            if (cancelled.isDone()) throw new InterruptedException("Nobody wants it any more.");
            at = Thread.currentThread();
        }
        try {
            return work.call();
        } finally {
            synchronized (this) {
                at = null;
                // What was meant for the work does not concern what comes after it.
                Thread.interrupted();
            }
        }
    }
}
