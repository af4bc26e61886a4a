// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.proxy.routes.RoutesWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of the proxy.
 *
 * @param routes the routes file; empty if no requests are proxied
 * @param stall how long a client may accept nothing of its response, or send nothing of its body
 * @param threads how many threads serve the connections to backends
 */
public record ProxyOptions(Optional<Path> routes, Duration stall, int threads) {
    private static final Option<String> ROUTES = Option.text(
            "proxy.routes",
            "",
            "[^\\x00]*",
            "the path of a file",
            "The routes file: which requests are proxied to which backends. Without it, no request is.");
    private static final Option<Duration> STALL = Option.duration(
            "proxy.stall",
            "30s",
            "1s",
            "10m",
            "A response is cut if its client accepts nothing for this long, and a request if its body pauses for this long.");
    private static final Option<Integer> THREADS = Option.number(
            "proxy.threads",
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            1,
            256,
            "How many threads serve the connections to backends. The default is the number of processors, at least 2.");

    /** Reads the options, and the routes file, whose faults are added to those of the settings: a member with such a file does not join. */
    public static ProxyOptions read(Settings settings) {
        String named = settings.get(ROUTES);
        Optional<Path> file = named.isEmpty() ? Optional.empty() : Optional.of(Path.of(named));
        file.ifPresent(path -> RoutesWatch.faults(path).forEach(settings::fault));
        return new ProxyOptions(file, settings.get(STALL), settings.get(THREADS));
    }
}
