// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.QueueExecutor;
import io.holdfast.testing.Race;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SerialTaskTest {
    private int runs; // without any ordering of its own, so that two runs at once show

    @Test
    void theFirstCallerRunsTheTask() {
        SerialTask task = new SerialTask(() -> runs++);

        task.trigger();
        task.trigger();

        assertEquals(2, runs);
    }

    @Test
    void callersThatMeetARunReturnAtOnceAndShareTheNextOne() throws Exception {
        CountDownLatch running = new CountDownLatch(1), goOn = new CountDownLatch(1);
        SerialTask task = new SerialTask(() -> {
            runs++;
            running.countDown();
            await(goOn);
        });
        Thread first = new Thread(task::trigger);
        first.start();
        await(running);

        task.trigger();
        task.trigger();
        goOn.countDown();
        first.join();

        assertEquals(2, runs);
    }

    private static void await(CountDownLatch gate) {
        try {
            assertTrue(gate.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTaskThatTriggersItselfRunsOnceMoreAfterItHasReturned() {
        List<String> steps = new ArrayList<>();
        SerialTask[] task = new SerialTask[1];
        task[0] = new SerialTask(() -> {
            steps.add("begin");
            if (steps.size() == 1) task[0].trigger();
            steps.add("end");
        });

        task[0].trigger();

        assertEquals(List.of("begin", "end", "begin", "end"), steps);
    }

    @Test
    void aTaskThatTriggersItselfAMillionTimesNeedsNoDeepStack() {
        SerialTask[] task = new SerialTask[1];
        task[0] = new SerialTask(Runnable::run, () -> {
            if (++runs < 1_000_000) task[0].trigger();
        });

        task[0].trigger();

        assertEquals(1_000_000, runs);
    }

    @Test
    void aRunThatFailsCountsAsARun() {
        SerialTask task = new SerialTask(() -> {
            if (++runs == 1) throw new AssertionError("the first run fails");
        });

        task.trigger();
        task.trigger();

        assertEquals(2, runs);
    }

    @Test
    void theExecutorRunsTheTaskOnceForAllTriggersBefore() {
        QueueExecutor executor = new QueueExecutor();
        SerialTask task = new SerialTask(executor, () -> runs++);

        task.trigger();
        task.trigger();
        task.trigger();
        int before = runs, handedOver = executor.size();
        executor.runAll();

        assertEquals(List.of(0, 1, 2), List.of(before, handedOver, runs));
    }

    @Test
    void theCallerRunsTheTaskWhereTheExecutorRejectsIt() {
        SerialTask task = new SerialTask(
                rejected -> {
                    throw new RejectedExecutionException("stopped");
                },
                () -> runs++);

        task.trigger();

        assertEquals(1, runs);
    }

    @Test
    void onlyTheThreadInsideARunRunsTheTask() {
        List<Boolean> inside = new ArrayList<>();
        SerialTask[] task = new SerialTask[1];
        task[0] = new SerialTask(() -> inside.add(task[0].isRunByCurrentThread()));

        task[0].trigger();

        assertEquals(List.of(true), inside);
        assertFalse(task[0].isRunByCurrentThread());
    }

    /** Race: three callers against each other; each finds its own change seen by a run, and no two runs overlap. */
    @Test
    void noTriggerIsLostAndNoTwoRunsOverlap() throws Exception {
        int rounds = 20_000;
        AtomicInteger asked = new AtomicInteger(), inside = new AtomicInteger(), overlaps = new AtomicInteger();
        int[] seen = new int[1];
        SerialTask task = new SerialTask(() -> {
            if (inside.incrementAndGet() > 1) overlaps.incrementAndGet();
            seen[0] = asked.get();
            runs++;
            inside.decrementAndGet();
        });
        Race.Party caller = round -> {
            asked.incrementAndGet();
            task.trigger();
        };

        Race.run(rounds, round -> {}, round -> assertEquals(asked.get(), seen[0]), List.of(caller, caller, caller));

        assertEquals(0, overlaps.get());
        assertTrue(runs >= rounds && runs <= 3 * rounds, () -> runs + " runs");
    }
}
