// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads of a pool. */
class ThreadsTest {
    private static final Duration LONG = Duration.ofMinutes(1), BRIEF = Duration.ofMillis(1);

    @Test
    void tasksRunTogetherOnNamedDaemons() throws Exception {
        ExecutorService pool = Threads.pool("some", 2, LONG, new ThreadPoolExecutor.AbortPolicy());
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<Thread> task = () -> {
            together.await(60, TimeUnit.SECONDS);
            return Thread.currentThread();
        };
        Future<Thread> first = pool.submit(task), second = pool.submit(task);

        Thread one = first.get(60, TimeUnit.SECONDS), other = second.get(10, TimeUnit.SECONDS);

        assertEquals(Set.of("some-1", "some-2"), Set.of(one.getName(), other.getName()));
        assertTrue(one.isDaemon() && other.isDaemon());
        pool.shutdownNow();
    }

    @Test
    void aThreadWithNothingToDoEnds() throws Exception {
        ExecutorService pool = Threads.pool("idle", 1, BRIEF, new ThreadPoolExecutor.AbortPolicy());
        Thread thread = pool.submit(Thread::currentThread).get(60, TimeUnit.SECONDS);

        thread.join(10_000);

        assertFalse(thread.isAlive());
        assertEquals(
                "idle-2", pool.submit(() -> Thread.currentThread().getName()).get(60, TimeUnit.SECONDS));
        pool.shutdownNow();
    }

    @Test
    void aThreadThatHasEndedLetsGoOfTheApplication() throws Exception {
        ExecutorService pool = Threads.pool("ended", 1, BRIEF, new ThreadPoolExecutor.AbortPolicy());
        Thread thread = pool.submit(Thread::currentThread).get(60, TimeUnit.SECONDS);

        thread.join(60_000);

        assertNull(thread.getContextClassLoader());
        pool.shutdownNow();
    }

    @Test
    void aTaskAfterShutdownGoesToTheRejectionPolicy() {
        ThreadPoolExecutor[] asked = new ThreadPoolExecutor[1];
        ExecutorService pool = Threads.pool("late", 1, LONG, (task, from) -> asked[0] = from);
        pool.shutdown();

        pool.execute(() -> {});

        assertSame(pool, asked[0]);
    }
}
