// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import java.time.Duration;

/**
 * How counters behave.
 *
 * @param hold how long a reader is held that names no wait of its own
 * @param patience how long a request waits for the cluster until its outcome counts as unknown
 * @param limit how many counters there may be
 * @param keep how long a counter is kept that is not incremented; zero for ever
 */
public record CounterOptions(Duration hold, Duration patience, int limit, Duration keep) {
    /** The memory of a counter, in bytes: three members have added to it, and each remembers the value it has shown. */
    public static final int BYTES_EACH = 800;

    private static final Option<Duration> HOLD = Option.duration(
            "counter.hold", "55s", "0s", "1h", "How long a reader is held if its request has no `wait`.");
    private static final Option<Duration> PATIENCE = Option.duration(
            "counter.patience",
            "10s",
            "1s",
            "1m",
            "How long a request waits for the cluster before its outcome counts as unknown.");
    private static final Option<Integer> LIMIT =
            Option.places("counter.limit", "2%", BYTES_EACH, 100_000_000, "The most counters; one more is refused.");
    private static final Option<Duration> KEEP = Option.duration(
            "counter.keep",
            "0s",
            "0s",
            "3650d",
            "How long a counter is kept that is not incremented; then it is removed, as by `DELETE`. `0s` keeps it for ever.");

    /** Reads the options. */
    public static CounterOptions read(Settings settings) {
        return new CounterOptions(settings.get(HOLD), settings.get(PATIENCE), settings.get(LIMIT), settings.get(KEEP));
    }
}
