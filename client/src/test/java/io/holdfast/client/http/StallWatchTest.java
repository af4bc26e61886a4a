// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10), SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final AtomicInteger stalls = new AtomicInteger();
    private final StallWatch watch =
            new StallWatch(time.clocks(FixedRandom.MOST).alarm(), PATIENCE, turns::add, stalls::incrementAndGet);

    private int stalls() {
        for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) turn.run();
        return stalls.get();
    }

    @Test
    void silenceIsReportedOnceAfterThePatienceSinceTheLastSign() {
        watch.onSign();
        time.advance(PATIENCE.minus(SECOND));
        watch.onSign();
        time.advance(PATIENCE.minus(SECOND));
        assertEquals(0, stalls());

        time.advance(SECOND);
        assertEquals(1, stalls());
        time.advance(PATIENCE);
        assertEquals(1, stalls());
        assertEquals("The server was silent for 10.0 s.", watch.stalled().getMessage());
    }

    @Test
    void aSignThatComesBeforeTheReportWins() {
        watch.onSign();
        time.advance(PATIENCE);
        watch.onSign();

        assertEquals(0, stalls());
        time.advance(PATIENCE);
        assertEquals(1, stalls());
    }

    @Test
    void aClosedWatchSchedulesNothing() {
        watch.onSign();

        watch.close();
        watch.onSign();

        assertNull(time.untilNext());
        time.advance(PATIENCE);
        assertEquals(0, stalls());
    }
}
