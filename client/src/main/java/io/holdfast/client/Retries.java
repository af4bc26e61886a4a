// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When to try again after a failure, and when not any more. */
final class Retries {
    private final Backoff backoff;
    private final Ticker ticker;
    private final @Nullable Duration patience;
    private long lastGood;

    /** Patience is how long there may be no success; null is for ever. */
    Retries(Surroundings surroundings, @Nullable Duration patience) {
        this.backoff = new Backoff(surroundings.random());
        this.ticker = surroundings.ticker();
        this.patience = patience;
        this.lastGood = ticker.nanos();
    }

    void succeeded() {
        backoff.succeeded();
        lastGood = ticker.nanos();
    }

    /** The pause after a failure, a jittered one on top of the least that was asked for; empty when it is time to give up. */
    Optional<Duration> failed(Duration atLeast) {
        Duration pause = backoff.failed().plus(atLeast);
        if (patience == null) return Optional.of(pause);
        Duration waited = Duration.ofNanos(ticker.nanos() - lastGood);
        return waited.plus(pause).compareTo(patience) > 0 ? Optional.empty() : Optional.of(pause);
    }

    /** A pause that is not for a failure. */
    Duration breath() {
        return backoff.breath();
    }

    int failures() {
        return backoff.failures();
    }
}
