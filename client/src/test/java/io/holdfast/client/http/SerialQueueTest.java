// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialQueueTest {
    private static final int THREADS = 4, TASKS = 5_000;

    private final ExecutorService pool = Transport.newPool();

    @AfterEach
    void close() {
        pool.shutdownNow();
    }

    @Test
    void tasksOfManyThreadsRunOneAtATimeAndThoseOfOneThreadInOrder() throws Exception {
        SerialQueue queue = new SerialQueue(pool, error -> {});
        AtomicBoolean isRunning = new AtomicBoolean(), isShared = new AtomicBoolean();
        List<int[]> order = new ArrayList<>(); // of the turns
        CountDownLatch left = new CountDownLatch(THREADS * TASKS);
        CyclicBarrier start = new CyclicBarrier(THREADS);

        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            pool.execute(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int task = 0; task < TASKS; task++) {
                    int number = task;
                    queue.execute(() -> {
                        if (!isRunning.compareAndSet(false, true)) isShared.set(true);
                        order.add(new int[] {thread, number});
                        isRunning.set(false);
                        left.countDown();
                    });
                }
            });
        }

        assertTrue(left.await(60, TimeUnit.SECONDS), "tasks are left: " + left.getCount());
        assertFalse(isShared.get(), "two tasks ran at the same time");
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            List<Integer> numbers = order.stream()
                    .filter(task -> task[0] == thread)
                    .map(task -> task[1])
                    .toList();
            assertEquals(numbers.stream().sorted().toList(), numbers);
            assertEquals(TASKS, numbers.size());
        }
    }

    @Test
    void aTaskThatFailsIsReportedAndTheNextOneRuns() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        CompletableFuture<Void> next = new CompletableFuture<>();
        SerialQueue queue = new SerialQueue(pool, failure::complete);
        Error error = new AssertionError("fails");

        queue.execute(() -> {
            throw error;
        });
        queue.execute(() -> next.complete(null));

        next.get(10, TimeUnit.SECONDS);
        assertEquals(error, failure.getNow(null));
    }
}
