// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.time;

import java.time.InstantSource;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The three kinds of time, and chance.
 *
 * @param timer runs tasks later
 * @param nanos monotonic time in nanoseconds, for durations only
 * @param wall the time of day, for the dates of HTTP
 * @param random the source of jitter, safe for use by several threads
 */
public record Clocks(Timer timer, LongSupplier nanos, InstantSource wall, RandomGenerator random) {

    /** The clocks of this machine, with that timer. */
    public static Clocks system(Timer timer) {
        return new Clocks(timer, System::nanoTime, InstantSource.system(), new Random());
    }

    /** A stopwatch that starts now. */
    public Stopwatch stopwatch() {
        return new Stopwatch(nanos);
    }

    /** An alarm on the timer. */
    public Alarm alarm() {
        return new Alarm(timer);
    }
}
