// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
    private static final long NOON = 1_800_000_000_000L;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    /** Close below the greatest value, so that readings overflow. */
    private final ManualTime ticker = new ManualTime(Long.MAX_VALUE - 1_000_000);

    private final SteadyTime time = new SteadyTime(ticker, NOON);

    @Test
    void theTimeGoesOnWithTheTicker() {
        ticker.advance(Duration.ofHours(2));

        assertEquals(NOON + 2 * HOUR, time.millis());
        assertEquals(NOON + 2 * HOUR, time.instant().toEpochMilli());
    }

    @Test
    void aTimeAheadIsApproachedByATenthOfTheSpeed() {
        time.approach(NOON + HOUR);
        ticker.advance(Duration.ofMinutes(10));
        assertEquals(NOON + Duration.ofMinutes(11).toMillis(), time.millis());

        ticker.advance(Duration.ofHours(10));
        assertEquals(NOON + HOUR + Duration.ofMinutes(610).toMillis(), time.millis(), "reached, and not passed");
    }

    @Test
    void aTimeBehindIsApproachedWithoutGoingBack() {
        time.approach(NOON - HOUR);
        assertEquals(NOON, time.millis());
        ticker.advance(Duration.ofMinutes(10));
        assertEquals(NOON + Duration.ofMinutes(9).toMillis(), time.millis());

        ticker.advance(Duration.ofHours(10));
        assertEquals(NOON - HOUR + Duration.ofMinutes(610).toMillis(), time.millis());
    }

    @Test
    void anotherTimeIsApproachedFromTheOneShown() {
        time.approach(NOON + HOUR);
        ticker.advance(Duration.ofSeconds(10));
        assertEquals(NOON + 11_000, time.millis());

        time.approach(NOON + 10_000);
        assertEquals(NOON + 11_000, time.millis());
        ticker.advance(Duration.ofSeconds(10));
        assertEquals(NOON + 20_000, time.millis());
    }

    @Test
    void aTimeThatIsSetIsShownAtOnce() {
        time.approach(NOON + HOUR);
        ticker.advance(Duration.ofSeconds(10));

        time.set(NOON - HOUR);

        assertEquals(NOON - HOUR, time.millis());
    }
}
