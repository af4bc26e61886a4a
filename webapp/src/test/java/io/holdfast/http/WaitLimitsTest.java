// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long requests may be held. */
class WaitLimitsTest {
    private final WaitLimits waits = new WaitLimits(Duration.ofSeconds(120), Duration.ofSeconds(10));

    @Test
    void aWaitIsGrantedUpToTheCap() {
        assertEquals(Duration.ZERO, waits.granted(Duration.ZERO));
        assertEquals(Duration.ofSeconds(120), waits.granted(Duration.ofSeconds(120)));
        assertEquals(Duration.ofSeconds(120), waits.granted(Duration.ofSeconds(121)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 30, 64, 120, 3_600})
    void aWaitIsSpreadByUpToASixteenthAndFourSecondsAtMost(long seconds) {
        Duration wait = Duration.ofSeconds(seconds);
        long most = Math.min(wait.toNanos() / 16, Duration.ofSeconds(4).toNanos());

        long[] spread = LongStream.range(0, 1_000)
                .map(i -> waits.spread(wait).minus(wait).toNanos())
                .sorted()
                .toArray();

        assertTrue(spread[0] >= 0, "never shorter than asked");
        assertTrue(spread[999] < most, spread[999] + " of less than " + most);
        assertTrue(spread[900] - spread[100] > most / 2, "spread over the whole of it");
    }

    @Test
    void aWaitThatIsNoneIsNotSpread() {
        assertEquals(Duration.ZERO, waits.spread(Duration.ZERO));
        assertEquals(Duration.ofNanos(15), waits.spread(Duration.ofNanos(15)));
    }
}
