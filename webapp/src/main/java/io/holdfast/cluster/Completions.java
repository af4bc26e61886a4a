// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.internal.util.ConcurrencyUtil;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which Hazelcast completes its futures, for all members of this class loader, while there are any.
 *
 * <p>By itself it uses the JVM's common pool, whose threads outlive the application and keep what Hazelcast leaves on them; and
 * where the JVM sees one or two processors, it starts a new thread for each operation.
 */
final class Completions {
    private static int members; // guarded by the class
    private static @Nullable ThreadPoolExecutor pool; // guarded by the class
    private static @Nullable Executor before; // guarded by the class

    private Completions() {}

    static synchronized void use() {
        if (members++ > 0) return;
        ThreadPoolExecutor started = start(Math.max(2, Runtime.getRuntime().availableProcessors()));
        pool = started;
        before = ConcurrencyUtil.getDefaultAsyncExecutor();
        ConcurrencyUtil.setDefaultAsyncExecutor(started);
    }

    static synchronized void release() {
        if (--members > 0 || pool == null) return;
        ConcurrencyUtil.setDefaultAsyncExecutor(before);
        pool.shutdown();
    }

    private static ThreadPoolExecutor start(int threads) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "holdfast-cluster-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        // What comes after the last member has nobody left to hear of it.
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return executor;
    }
}
