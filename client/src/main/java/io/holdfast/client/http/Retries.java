// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.GaveUpException;
import io.holdfast.client.Trouble;
import io.holdfast.client.time.Clocks;
import io.holdfast.client.time.Stopwatch;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long to pause after a failure. A pause is random, from zero to a ceiling. The ceiling doubles with each failure in a row,
 * from 1 s to 60 s. The pause that the server asks for comes on top.
 */
public final class Retries {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final int DOUBLINGS = 6;

    private final Clocks clocks;
    private final @Nullable Duration patience;
    private Stopwatch sinceSuccess;
    private int failures;

    /** Retries for that long after the last success; for ever if patience is null. */
    public Retries(Clocks clocks, @Nullable Duration patience) {
        this.clocks = clocks;
        this.patience = patience;
        this.sinceSuccess = clocks.stopwatch();
    }

    public void succeeded() {
        failures = 0;
        sinceSuccess = clocks.stopwatch();
    }

    /** Notes a failure at the address in use, and moves on to the next. The trouble names the pause before the retry. */
    public Trouble failed(Addresses addresses, String what, Duration atLeast) {
        URI at = addresses.current();
        addresses.advance();
        return failed(at, what, atLeast);
    }

    /** Notes a failure. The trouble names the pause before the retry, which is at least as long as given. */
    public Trouble failed(URI at, String what, Duration atLeast) {
        Duration doubled = FIRST.multipliedBy(1L << Math.min(failures++, DOUBLINGS));
        Duration jitter = random(doubled.compareTo(MOST) < 0 ? doubled : MOST);
        return new Trouble(at, what, failures, jitter.plus(atLeast));
    }

    /** Whether a retry after this trouble's pause would exceed the patience. */
    public boolean isTooLate(Trouble trouble) {
        return patience != null && sinceSuccess.elapsed().plus(trouble.pause()).compareTo(patience) > 0;
    }

    /** The exception for an end with this trouble. */
    static GaveUpException gaveUp(Trouble trouble) {
        return new GaveUpException(trouble.at() + ": " + trouble.what());
    }

    /** A pause that is not for a failure: up to 1 s. */
    public Duration shortPause() {
        return random(FIRST);
    }

    private Duration random(Duration ceiling) {
        return Duration.ofNanos(clocks.random().nextLong(ceiling.toNanos() + 1));
    }
}
