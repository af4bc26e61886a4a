// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses between tries: anything from nothing to a ceiling that doubles with each failure in a row, from 1 s to 60 s. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final int DOUBLINGS = 6;

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The pause after a further failure. */
    Duration failed() {
        Duration doubled = FIRST.multipliedBy(1L << Math.min(failures++, DOUBLINGS));
        return upTo(doubled.compareTo(MOST) < 0 ? doubled : MOST);
    }

    /** A pause that is not for a failure: up to the first ceiling. */
    Duration breath() {
        return upTo(FIRST);
    }

    private Duration upTo(Duration ceiling) {
        return Duration.ofNanos(random.nextLong(ceiling.toNanos() + 1));
    }

    void succeeded() {
        failures = 0;
    }

    /** How many failures in a row. */
    int failures() {
        return failures;
    }
}
