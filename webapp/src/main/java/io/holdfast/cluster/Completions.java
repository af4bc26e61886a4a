// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.internal.util.ConcurrencyUtil;
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
 * <p>By itself it uses the JVM's common pool, whose threads outlive the application and keep what Hazelcast leaves on them; and
 * where the JVM sees one or two processors, it starts a new thread for each operation.
 *
 * <p>Who is told here of one thing may ask the cluster for the next, and has to wait when a type goes over the wire for the first time:
 * until Hazelcast has told all members its schema, which is itself completed here. So another thread takes the place of one that waits.
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
            // What comes after the last member has nobody left to hear of it.
        }
    }

    private static ForkJoinPool start(int threads) {
        AtomicInteger number = new AtomicInteger();
        return new ForkJoinPool(
                threads,
                home -> new Completing(home, number.incrementAndGet()),
                null,
                true,
                threads,
                threads + MOST_WAITING,
                1,
                full -> true,
                IDLE_SECONDS,
                TimeUnit.SECONDS);
    }

    /** A thread that keeps no other class loader than ours. */
    private static final class Completing extends ForkJoinWorkerThread {
        Completing(ForkJoinPool home, int number) {
            super(home);
            setName("holdfast-cluster-" + number);
            setContextClassLoader(Completions.class.getClassLoader());
        }
    }
}
