// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import java.time.Duration;

/**
 * How a member goes out of service.
 *
 * @param delay how long it still serves everything, while it says that it is not ready
 * @param window the time over which held requests are answered then
 */
public record DrainOptions(Duration delay, Duration window) {
    private static final Option<Duration> DELAY = Option.duration(
            "drain.delay",
            "3s",
            "0s",
            "10m",
            "How long a member that is about to stop says that it is not ready, and still serves everything. Load balancers must notice within that time: the default is what those of the samples take, and a second more.");
    private static final Option<Duration> WINDOW = Option.duration(
            "drain.window",
            "1s",
            "0s",
            "10m",
            "The time over which held requests are answered evenly when the application stops.");

    /** Reads the options. */
    public static DrainOptions read(Settings settings) {
        return new DrainOptions(settings.get(DELAY), settings.get(WINDOW));
    }
}
