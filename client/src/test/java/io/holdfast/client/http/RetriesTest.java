// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Trouble;
import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ManualTime;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetriesTest {
    private static final Instant NOW = ManualTime.BEGINNING;
    private static final URI AT = URI.create("http://a");

    private final ManualTime time = new ManualTime();

    private Retries retries(RandomGenerator random) {
        return new Retries(time.clocks(random), null);
    }

    private static Trouble fail(Retries retries) {
        return retries.failed(AT, "failed", Duration.ZERO);
    }

    private static Duration pause(Retries retries) {
        return fail(retries).pause();
    }

    @Test
    void ceilingsDoubleFromOneSecondToSixty() {
        Retries retries = retries(FixedRandom.MOST);

        List<Trouble> troubles = Stream.generate(() -> fail(retries)).limit(9).toList();

        assertEquals(
                List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L),
                troubles.stream().map(trouble -> trouble.pause().toSeconds()).toList());
        assertEquals(9, troubles.get(8).failures());
    }

    @Test
    void aSuccessRestoresTheFirstCeiling() {
        Retries retries = retries(FixedRandom.MOST);
        for (int i = 0; i < 5; i++) fail(retries);

        retries.succeeded();

        assertEquals(new Trouble(AT, "failed", 1, Duration.ofSeconds(1)), fail(retries));
    }

    @Test
    void manyFailuresDoNotOverflow() {
        Retries retries = retries(FixedRandom.MOST);
        for (int i = 0; i < 1000; i++) fail(retries);

        assertEquals(Duration.ofSeconds(60), pause(retries));
    }

    @Test
    void jitterIsFull() {
        assertEquals(Duration.ZERO, pause(retries(FixedRandom.LEAST)));
        Random random = new Random(1);
        int[] quarters = new int[4];
        for (int i = 0; i < 4000; i++)
            quarters[(int) Math.min(3, pause(retries(random)).toMillis() / 250)]++;
        for (int quarter : quarters)
            assertTrue(quarter > 800, "uneven: " + List.of(quarters[0], quarters[1], quarters[2]));
    }

    @Test
    void aPauseIsAtLeastAsLongAsTheServerAsksFor() {
        Trouble trouble = retries(FixedRandom.LEAST).failed(AT, "failed", Duration.ofSeconds(7));

        assertEquals(Duration.ofSeconds(7), trouble.pause());
    }

    @Test
    void patienceEndsIfTheNextTryWouldBeTooLate() {
        Retries retries = new Retries(time.clocks(FixedRandom.MOST), Duration.ofSeconds(10));
        Trouble first = fail(retries);
        assertEquals(Duration.ofSeconds(1), first.pause());
        assertFalse(retries.isTooLate(first));
        time.advance(Duration.ofSeconds(9));
        assertTrue(retries.isTooLate(fail(retries)));

        retries.succeeded();

        Trouble next = fail(retries);
        assertEquals(Duration.ofSeconds(1), next.pause());
        assertFalse(retries.isTooLate(next));
    }

    @Test
    void aFailureMovesToTheNextAddress() {
        Addresses addresses = Addresses.of(List.of(AT, URI.create("http://b")));

        Trouble trouble = retries(FixedRandom.MOST).failed(addresses, "failed", Duration.ZERO);

        assertEquals(AT, trouble.at());
        assertEquals(URI.create("http://b"), addresses.current());
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
    void retryAfterIsANumberOfSecondsOrADate(String header, long seconds) {
        HttpHeaders headers = HttpHeaders.of(Map.of("Retry-After", List.of(header)), (name, value) -> true);

        assertEquals(Duration.ofSeconds(seconds), new ResponseHead(503, headers).retryAfter(NOW));
    }
}
