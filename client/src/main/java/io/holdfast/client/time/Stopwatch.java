// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.time;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Measures the time since its own creation. */
public final class Stopwatch {
    private final LongSupplier nanos;
    private final long started;

    Stopwatch(LongSupplier nanos) {
        this.nanos = nanos;
        this.started = nanos.getAsLong();
    }

    public Duration elapsed() {
        return Duration.ofNanos(nanos.getAsLong() - started);
    }
}
