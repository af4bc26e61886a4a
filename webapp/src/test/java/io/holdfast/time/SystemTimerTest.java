// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The process's own timer, on real time but without waiting for any. */
class SystemTimerTest {
    private static final Duration NOW = Duration.ZERO, NEVER = Duration.ofDays(1);

    private final SystemTimer timer = new SystemTimer("timer-under-test");

    @AfterEach
    void close() {
        timer.close();
    }

    private static Thread threadOfTimer() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("timer-under-test"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTaskRunsOnTheTimersOwnThreadAndNotBeforeItsTime() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        long start = System.nanoTime();

        timer.after(Duration.ofMillis(20), () -> ran.complete(Thread.currentThread()));

        Thread thread = ran.get(60, TimeUnit.SECONDS);
        assertTrue(System.nanoTime() - start >= 20_000_000);
        assertEquals("timer-under-test", thread.getName());
        assertTrue(thread.isDaemon());
    }

    /** The timer's thread is kept busy meanwhile, so that the task is due and cannot have begun. */
    @Test
    void aCancelledTaskDoesNotRun() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch cancelled = new CountDownLatch(1), later = new CountDownLatch(1);
        timer.after(NOW, () -> passed(cancelled));

        timer.after(NOW, runs::incrementAndGet).cancel();
        timer.after(NOW, later::countDown);
        cancelled.countDown();

        assertTrue(later.await(60, TimeUnit.SECONDS));
        assertEquals(0, runs.get());
    }

    private static void passed(CountDownLatch gate) {
        try {
            if (!gate.await(60, TimeUnit.SECONDS)) throw new AssertionError("the gate stayed shut");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTaskThatFailsDoesNotStopTheTimer() throws Exception {
        CountDownLatch after = new CountDownLatch(1);

        timer.after(NOW, () -> {
            throw new IllegalStateException("this task fails on purpose");
        });
        timer.after(NOW, after::countDown);

        assertTrue(after.await(60, TimeUnit.SECONDS));
    }

    @Test
    void aRepeatedTaskRunsUntilCancelledAlsoWhenItFails() {
        AtomicInteger runs = new AtomicInteger();

        Timer.Scheduled repeating = timer.every(Duration.ofMillis(1), () -> {
            if (runs.incrementAndGet() == 2) throw new IllegalStateException("this run fails on purpose");
        });
        await().until(() -> runs.get() > 4);
        repeating.cancel();

        // A task that ran at that moment has ended when a task behind it has run.
        barrier();
        int last = runs.get();
        barrier();
        assertEquals(last, runs.get());
    }

    private void barrier() {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        timer.after(Duration.ofMillis(5), () -> passed.complete(null));
        passed.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Test
    void closingDropsWhatWaitsAndEndsTheThread() {
        AtomicInteger runs = new AtomicInteger();
        timer.after(NEVER, runs::incrementAndGet);
        Thread thread = threadOfTimer();

        timer.close();

        await().until(() -> !thread.isAlive());
        assertEquals(0, runs.get());
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
