// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.internal.util.ConcurrencyUtil;
import io.holdfast.time.OutOfMemory;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which Hazelcast completes its futures, for all members of this class loader, while there are any.
 *
 * <p>By default, Hazelcast uses the common pool of the JVM. Its threads outlive the application and keep what Hazelcast leaves on
 * them. If the JVM sees one or two processors, the common pool also starts a new thread for each operation.
 *
 * <p>A completion may start another operation. The first use of a type blocks until Hazelcast has replicated its schema, and that
 * replication completes on this same pool. The pool therefore replaces threads that are blocked.
 */
final class Completions {
    private static final long IDLE_SECONDS = 10;
    private static final int MOST_WAITING = 256;

    private static int members; // guarded by the class
    private static @Nullable ForkJoinPool pool; // guarded by the class
    private static @Nullable Executor before; // guarded by the class

    private Completions() {}

    static synchronized void use() {
        if (members++ > 0) return;
        ForkJoinPool started = start(Math.max(2, Runtime.getRuntime().availableProcessors()));
        pool = started;
        before = ConcurrencyUtil.getDefaultAsyncExecutor();
        ConcurrencyUtil.setDefaultAsyncExecutor(task -> execute(started, task));
    }

    static synchronized void release() {
        if (--members > 0 || pool == null) return;
        ConcurrencyUtil.setDefaultAsyncExecutor(before);
        pool.shutdown();
    }

    private static void execute(ForkJoinPool pool, Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException late) {
            // The last member has left: no caller waits for this completion.
        }
    }

    private static ForkJoinPool start(int threads) {
        AtomicInteger number = new AtomicInteger();
        return new ForkJoinPool(
                threads,
                home -> new Completing(home, number.incrementAndGet()),
                (thread, error) -> OutOfMemory.note(error),
                true,
                threads,
                threads + MOST_WAITING,
                1,
                full -> true,
                IDLE_SECONDS,
                TimeUnit.SECONDS);
    }

    /** A thread that keeps no class loader but ours. */
    private static final class Completing extends ForkJoinWorkerThread {
        Completing(ForkJoinPool home, int number) {
            super(home);
            setName("holdfast-cluster-" + number);
            setContextClassLoader(Completions.class.getClassLoader());
        }
    }
}
