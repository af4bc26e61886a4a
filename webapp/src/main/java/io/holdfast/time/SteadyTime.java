// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * A time of day that runs with the monotonic clock and never goes back, except when it is {@link #set}. It approaches another time of
 * day at a tenth of its own speed, so that durations measured by it are at most a tenth wrong.
 */
public final class SteadyTime implements InstantSource {
    private static final int APPROACH = 10;

    private final Ticker ticker;
    private volatile Reading reading;

    /**
     * The time that was shown at one moment.
     *
     * @param error by how much it was behind the time that it approaches, in milliseconds; negative if it was ahead
     */
    private record Reading(long nanos, long millis, long error) {

        long at(long now) {
            long elapsed = TimeUnit.NANOSECONDS.toMillis(now - nanos), most = elapsed / APPROACH;
            return millis + elapsed + Math.max(-most, Math.min(most, error));
        }
    }

    /** Begins at that time, in milliseconds. */
    public SteadyTime(Ticker ticker, long millis) {
        this.ticker = ticker;
        this.reading = new Reading(ticker.nanos(), millis, 0);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        return reading.at(ticker.nanos());
    }

    /** Shows that time from now on, even if it goes back. */
    public void set(long millis) {
        reading = new Reading(ticker.nanos(), millis, 0);
    }

    /** Approaches the time that another clock shows now. One thread at a time may call this. */
    public void approach(long millis) {
        long now = ticker.nanos(), shown = reading.at(now);
        reading = new Reading(now, shown, millis - shown);
    }
}
