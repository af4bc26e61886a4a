// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final Instant NOW = ManualTime.BEGINNING;

    @Test
    void ceilingsDoubleFromOneSecondToSixty() {
        Backoff backoff = new Backoff(Chance.MOST);

        List<Long> seconds =
                Stream.generate(() -> backoff.failed().toSeconds()).limit(9).toList();

        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L), seconds);
        assertEquals(9, backoff.failures());
    }

    @Test
    void aSuccessBringsBackTheFirstCeiling() {
        Backoff backoff = new Backoff(Chance.MOST);
        for (int i = 0; i < 5; i++) backoff.failed();

        backoff.succeeded();

        assertEquals(Duration.ofSeconds(1), backoff.failed());
    }

    @Test
    void manyFailuresDoNotOverflow() {
        Backoff backoff = new Backoff(Chance.MOST);
        for (int i = 0; i < 1000; i++) backoff.failed();

        assertEquals(Duration.ofSeconds(60), backoff.failed());
    }

    @Test
    void jitterIsFull() {
        assertEquals(Duration.ZERO, new Backoff(Chance.LEAST).failed());
        Random random = new Random(1);
        int[] quarters = new int[4];
        for (int i = 0; i < 4000; i++)
            quarters[(int) Math.min(3, new Backoff(random).failed().toMillis() / 250)]++;
        for (int quarter : quarters)
            assertTrue(quarter > 800, "uneven: " + List.of(quarters[0], quarters[1], quarters[2]));
    }

    @Test
    void whatTheServerAskedForIsTheLeast() {
        ManualTime time = new ManualTime();
        Retries retries = new Retries(new Surroundings(time, time, time, Chance.LEAST), null);

        assertEquals(Optional.of(Duration.ofSeconds(7)), retries.failed(Duration.ofSeconds(7)));
    }

    @Test
    void patienceEndsWhereTheNextTryWouldComeTooLate() {
        ManualTime time = new ManualTime();
        Retries retries = new Retries(new Surroundings(time, time, time, Chance.MOST), Duration.ofSeconds(10));
        assertEquals(Optional.of(Duration.ofSeconds(1)), retries.failed(Duration.ZERO));
        time.advance(Duration.ofSeconds(9));
        assertEquals(Optional.empty(), retries.failed(Duration.ZERO));

        retries.succeeded();

        assertEquals(Optional.of(Duration.ofSeconds(1)), retries.failed(Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "120, 120",
        "' 3 ', 3",
        "'Sat, 21 Nov 2026 12:00:30 GMT', 30",
        "'Sat, 21 Nov 2026 11:00:00 GMT', 0",
        "soon, 0",
        "-5, 0",
        "1.5, 0",
        "9999999999, 0",
        "'', 0"
    })
    void retryAfterIsSecondsOrADate(String header, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), RetryAfter.of(header, NOW));
    }
}
