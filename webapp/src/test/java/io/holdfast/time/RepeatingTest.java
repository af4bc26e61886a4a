// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A repeated task, with time that moves on command. */
class RepeatingTest {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private final List<Long> runs = new ArrayList<>();

    @Test
    void itRunsAfterEachPauseUntilCancelledAndThenWaitsForNothing() {
        Timer.Scheduled repeating = time.every(PAUSE, () -> runs.add(time.nanos()));

        time.advance(Duration.ofSeconds(7));
        repeating.cancel();
        time.advance(Duration.ofSeconds(7));

        assertEquals(List.of(2_000_000_000L, 4_000_000_000L, 6_000_000_000L), runs);
        assertEquals(0, time.waiting());
    }

    @Test
    void aTaskMayCancelItself() {
        List<Timer.Scheduled> self = new ArrayList<>();
        self.add(time.every(PAUSE, () -> {
            runs.add(time.nanos());
            self.get(0).cancel();
        }));

        time.advance(Duration.ofSeconds(7));

        assertEquals(1, runs.size());
        assertEquals(0, time.waiting());
    }
}
