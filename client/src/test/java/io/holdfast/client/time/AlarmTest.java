// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final Alarm alarm = time.clocks(FixedRandom.MOST).alarm();
    private final List<String> runs = new ArrayList<>();

    @Test
    void aNewTaskReplacesTheOneThatWaits() {
        alarm.schedule(SECOND, () -> runs.add("first"));
        alarm.schedule(SECOND.multipliedBy(2), () -> runs.add("second"));

        time.advance(SECOND.multipliedBy(3));

        assertEquals(List.of("second"), runs);
    }

    @Test
    void aClosedAlarmRunsNeitherTheTaskThatWaitsNorALaterOne() {
        alarm.schedule(SECOND, () -> runs.add("before"));

        alarm.close();
        alarm.schedule(SECOND, () -> runs.add("after"));

        assertNull(time.untilNext());
        time.advance(SECOND);
        assertEquals(List.of(), runs);
    }

    @Test
    void aTaskWhoseCancellationCameTooLateDoesNotRunAfterTheClose() {
        AtomicReference<Runnable> due = new AtomicReference<>();
        Alarm late = new Alarm((delay, task) -> {
            due.set(task);
            return () -> {};
        });
        late.schedule(SECOND, () -> runs.add("late"));

        late.close();
        due.get().run();

        assertEquals(List.of(), runs);
    }

    @Test
    void aTaskMayScheduleTheNextOne() {
        alarm.schedule(SECOND, () -> {
            runs.add("first");
            alarm.schedule(SECOND, () -> runs.add("second"));
        });

        time.advance(SECOND.multipliedBy(2));

        assertEquals(List.of("first", "second"), runs);
    }

    @Test
    void aCloseThatRacesWithAScheduleLeavesNoTimer() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            Alarm raced = new Alarm(time);
            CyclicBarrier start = new CyclicBarrier(2);
            Thread scheduling = new Thread(() -> {
                try {
                    start.await(10, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                raced.schedule(SECOND, () -> {});
            });
            scheduling.start();
            start.await(10, TimeUnit.SECONDS);
            raced.close();
            scheduling.join(10_000);

            assertFalse(scheduling.isAlive());
            assertTrue(raced.isClosed());
            assertNull(time.untilNext());
        }
    }
}
