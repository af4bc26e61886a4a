// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what is not done by the server's. */
public final class Threads {
    private static final Logger LOG = System.getLogger(Threads.class.getName());

    private Threads() {}

    /** A daemon thread of that name. An {@link OutOfMemoryError} that ends it is noted. */
    public static Thread daemon(Runnable task, String name) {
        Thread thread = thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, error) -> {
            OutOfMemory.note(error);
            Thread.UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
            if (usual != null) usual.uncaughtException(ended, error);
            else LOG.log(Level.ERROR, () -> "A thread has ended name=" + name, error);
        });
        return thread;
    }

    /**
     * A thread of that name that lets go of the application when it ends. Payara may keep the thread for good: if two threads load the same
     * of its classes at the same moment, its loader forgets to remove one of them from a table.
     */
    public static Thread thread(Runnable task, String name) {
        Runnable last = () -> {
            try {
                task.run();
            } finally {
                Thread.currentThread().setContextClassLoader(null);
            }
        };
        return new Thread(last, name);
    }

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
                task -> daemon(task, name + "-" + number.incrementAndGet()),
                late);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
