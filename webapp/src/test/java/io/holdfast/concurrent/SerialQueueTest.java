// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.QueueExecutor;
import io.holdfast.testing.Race;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SerialQueueTest {
    private final List<String> done =
            new ArrayList<>(); // without any ordering of its own, so that two tasks at once show

    @Test
    void tasksRunOnTheExecutorInTheOrderOfTheirArrival() {
        QueueExecutor executor = new QueueExecutor();
        SerialQueue queue = new SerialQueue(executor);

        queue.execute(() -> done.add("first"));
        queue.execute(() -> done.add("second"));
        assertEquals(List.of(), done);
        executor.runAll();

        assertEquals(List.of("first", "second"), done);
    }

    @Test
    void aTaskThatAddsAnotherReturnsBeforeThatOneRuns() {
        SerialQueue queue = new SerialQueue(Runnable::run);

        queue.execute(() -> {
            queue.execute(() -> done.add("second"));
            done.add("first");
        });

        assertEquals(List.of("first", "second"), done);
    }

    @Test
    void aTaskThatFailsDoesNotKeepTheNextFromRunning() {
        QueueExecutor executor = new QueueExecutor();
        SerialQueue queue = new SerialQueue(executor);

        queue.execute(() -> {
            throw new AssertionError("the first task fails");
        });
        queue.execute(() -> done.add("second"));
        executor.runAll();
        queue.execute(() -> done.add("third"));
        executor.runAll();

        assertEquals(List.of("second", "third"), done);
    }

    @Test
    void theCallerRunsTheTasksWhereTheExecutorRejectsThem() {
        SerialQueue queue = new SerialQueue(task -> {
            throw new RejectedExecutionException("stopped");
        });

        queue.execute(() -> done.add("first"));

        assertEquals(List.of("first"), done);
    }

    @Test
    void aHundredThousandTasksNeedNoDeepStack() {
        SerialQueue queue = new SerialQueue(Runnable::run);

        queue.execute(() -> {
            for (int i = 0; i < 100_000; i++) queue.execute(() -> done.add("task"));
        });

        assertEquals(100_000, done.size());
    }

    /** Race: two threads that add tasks; every task runs once, and those of one thread in its order. */
    @Test
    void everyTaskRunsOnceAndInTheOrderOfItsThread() throws Exception {
        SerialQueue queue = new SerialQueue(Runnable::run);
        Race.Party one = round -> addTwo(queue, "one"), other = round -> addTwo(queue, "other");

        Race.run(
                20_000,
                round -> done.clear(),
                round -> {
                    assertEquals(4, done.size());
                    assertEquals(List.of("one 1", "one 2"), of("one"));
                    assertEquals(List.of("other 1", "other 2"), of("other"));
                },
                List.of(one, other));
    }

    private void addTwo(SerialQueue queue, String name) {
        queue.execute(() -> done.add(name + " 1"));
        queue.execute(() -> done.add(name + " 2"));
    }

    private List<String> of(String name) {
        return done.stream().filter(task -> task.startsWith(name + " ")).toList();
    }
}
