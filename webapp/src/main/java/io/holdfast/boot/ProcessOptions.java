// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.departure.Departures;
import io.holdfast.drain.DrainOptions;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.TrustedProxies;
import io.holdfast.http.WaitLimits;
import io.holdfast.waiter.WaiterLimits;
import java.time.Duration;

/**
 * The options of the process as a whole.
 *
 * @param waits how long requests may be held
 * @param backlog how many bytes slow clients may keep in memory
 * @param limits how many requests may be held, and how many one batch releases
 * @param bodyRate the bytes a second at which a body must come, or 0
 * @param halfClosed how a client that closes its side while it is held is treated
 * @param proxies the proxies in front that may speak for their clients
 * @param releaseThreads how many threads write answers
 * @param drain how the member goes out of service
 */
record ProcessOptions(
        WaitLimits waits,
        long backlog,
        WaiterLimits limits,
        int bodyRate,
        Departures.HalfClosed halfClosed,
        TrustedProxies proxies,
        int releaseThreads,
        DrainOptions drain) {
    /** The container's own timeout ends this long after ours. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Option<Duration> WAIT_CAP = Option.duration(
            "hold.longest", "120s", "1s", "1h", "The longest hold; a request that asks for more is held this long.");
    private static final int MOST_HELD = 10_000_000;
    private static final Option<Long> BACKLOG = Option.memory(
            "hold.backlog",
            "10%",
            "1MiB",
            "1024GiB",
            "The most bytes of request bodies and responses in transit, and of heads over 4 KiB of held requests, that this member keeps in memory. Beyond it, requests are answered 503 with `Retry-After`, and streams end. A quarter of it is for callers in a role and on this machine alone.");
    private static final Option<Integer> BODY_RATE = Option.number(
            "body.rate",
            500,
            0,
            1_000_000,
            "The bytes a second at which the body of a request must come, over 20 seconds in which the member waits for more of it. A slower one is answered 408. 0: as slowly as its sender likes, within other limits.");
    private static final Option<Departures.HalfClosed> HALF_CLOSED = Option.choice(
            "hold.half-closed",
            Departures.HalfClosed.GONE,
            Departures.HalfClosed.class,
            "How the member treats a client that closes its side of the connection while its request is held. `gone`: it has left, and its hold ends within ten seconds. `keep`: it may still read, and its hold goes on.");
    private static final Option<TrustedProxies> TRUSTED = new Option<>(
            "proxy.trusted",
            "",
            "IP addresses and networks such as 10.0.0.0/8, separated by commas",
            "The proxies in front of Holdfast that may speak for their clients. `Forwarded`, `X-Forwarded-For`, `X-Forwarded-Proto` and their like are kept and extended in requests from these addresses, and dropped from others.",
            TrustedProxies::of);
    private static final Option<Integer> BATCH = Option.number(
            "release.batch", 64, 1, 10_000, "How many held requests one task releases before others get their turn.");
    private static final Option<Integer> THREADS = Option.number(
            "release.threads",
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            1,
            256,
            "How many threads write the answers of released requests. The default is the number of processors, at least 2.");

    private static Option<Integer> limit(int heldBytes) {
        return Option.places(
                "hold.limit",
                "15%",
                heldBytes,
                MOST_HELD,
                "The most requests that this member holds at once; one more is answered 503 with `Retry-After`. On Tomcat and Payara, a held request counts as "
                        + HeldResponse.BYTES_WITH_BUFFERS + " bytes.");
    }

    /** Reads the options of a process in which a held request takes so many bytes. */
    static ProcessOptions read(Settings settings, int heldBytes) {
        return new ProcessOptions(
                new WaitLimits(settings.get(WAIT_CAP), GRACE),
                settings.get(BACKLOG),
                new WaiterLimits(settings.get(limit(heldBytes)), settings.get(BATCH)),
                settings.get(BODY_RATE),
                settings.get(HALF_CLOSED),
                settings.get(TRUSTED),
                settings.get(THREADS),
                DrainOptions.read(settings));
    }
}
