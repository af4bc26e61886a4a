// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import io.holdfast.time.OutOfMemory;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One task that many threads trigger and that never runs on two of them at once. The first to trigger it runs it; the others leave
 * word and return. After each {@link #trigger()} one complete run begins, which sees everything its caller did before; triggers
 * that meet a run in progress share the next one.
 *
 * <p>A task may trigger itself: it runs once more after it has returned. A run that fails is logged and counts as a run.
 */
public final class SerialTask {
    private static final Logger LOG = System.getLogger(SerialTask.class.getName());
    private static final AtomicIntegerFieldUpdater<SerialTask> TRIGGERS =
            AtomicIntegerFieldUpdater.newUpdater(SerialTask.class, "triggers");

    private final @Nullable Executor executor;
    private final Runnable task;

    /** Triggers whose run is not over. */
    @SuppressWarnings("UnusedVariable") // its updater uses it
    private volatile int triggers;

    private volatile @Nullable Thread runner;

    /** A task that runs on the thread of its first caller, for as long as others trigger it: it must not block. */
    public SerialTask(Runnable task) {
        this.executor = null;
        this.task = task;
    }

    /** A task that runs on that executor; on the calling thread if the executor rejects it, so that no trigger is lost. */
    public SerialTask(Executor executor, Runnable task) {
        this.executor = executor;
        this.task = task;
    }

    /** Has one more run begin after this call. */
    public void trigger() {
        // Race: two callers; the first to count runs for both, because it runs until it has seen every count.
        if (TRIGGERS.getAndIncrement(this) > 0) return;
        if (executor == null) {
            run();
            return;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException stopped) {
            run();
        }
    }

    /** Whether this thread is inside a run: what it triggers now happens after that run. */
    public boolean isRunByCurrentThread() {
        return runner == Thread.currentThread();
    }

    private void run() {
        int served = 1;
        do {
            runner = Thread.currentThread();
            runGuarded(task);
            runner = null;
            served = TRIGGERS.addAndGet(this, -served);
        } while (served != 0);
    }

    /** Runs a task now; logs its failure instead of passing it on. */
    public static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            OutOfMemory.note(e);
            LOG.log(Level.ERROR, "A task failed; those after it run all the same", e);
        }
    }
}
