// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.internal.util.ConcurrencyUtil;
import io.holdfast.time.Threads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which Hazelcast completes its futures, for all members of this class loader, while there are any.
 *
 * <p>By itself it uses the JVM's common pool, whose threads outlive the application and keep what Hazelcast leaves on them; and
 * where the JVM sees one or two processors, it starts a new thread for each operation.
 */
final class Completions {
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static int members; // guarded by the class
    private static @Nullable ExecutorService pool; // guarded by the class
    private static @Nullable Executor before; // guarded by the class

    private Completions() {}

    static synchronized void use() {
        if (members++ > 0) return;
        ExecutorService started = start(Math.max(2, Runtime.getRuntime().availableProcessors()));
        pool = started;
        before = ConcurrencyUtil.getDefaultAsyncExecutor();
        ConcurrencyUtil.setDefaultAsyncExecutor(started);
    }

    static synchronized void release() {
        if (--members > 0 || pool == null) return;
        ConcurrencyUtil.setDefaultAsyncExecutor(before);
        pool.shutdown();
    }

    private static ExecutorService start(int threads) {
        // What comes after the last member has nobody left to hear of it.
        return Threads.pool("holdfast-cluster", threads, IDLE, new ThreadPoolExecutor.DiscardPolicy());
    }
}
