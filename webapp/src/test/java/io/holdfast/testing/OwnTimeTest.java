// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The clock that tests measure with while other programs run. */
class OwnTimeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theFutureIsWallTime() {
        long now = OwnTime.now();
        OwnTime.since(now);
        long future = System.nanoTime() + SECOND.toNanos();
        assertEquals(SECOND, OwnTime.between(future, future + SECOND.toNanos()));
        assertTrue(OwnTime.since(future).isNegative());
    }

    @Test
    void theClockIsNeverFasterThanWallTimeAndCountsTheWorkOfThisProcess() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        OwnTime.since(OwnTime.now());
        long begun = OwnTime.now(), worked = threads.getCurrentThreadCpuTime(), end = begun + SECOND.toNanos();
        int rounds = 0;
        while (System.nanoTime() < end) rounds++;
        Duration own = OwnTime.since(begun), wall = Duration.ofNanos(System.nanoTime() - begun);
        long mine = threads.getCurrentThreadCpuTime() - worked;
        assertTrue(rounds > 0 && own.compareTo(wall) <= 0, own + " of " + wall);
        // Other programs had at most the processors that this thread left them. Ticks are of ten milliseconds.
        long least = mine / Runtime.getRuntime().availableProcessors() - SECOND.toNanos() / 10;
        assertTrue(own.toNanos() >= least, own + " while the thread worked for " + Duration.ofNanos(mine));
    }
}
