// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what is not done by the server's. */
public final class Threads {

    private Threads() {}

    /**
     * A pool of daemon threads that share a queue without a bound. A thread ends after it was idle for the given time. Tasks that come
     * after the end of the pool go to {@code late}.
     */
    public static ExecutorService pool(String name, int threads, Duration idle, RejectedExecutionHandler late) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                idle.toNanos(),
                TimeUnit.NANOSECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                late);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
