// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The time for which requests may be held.
 *
 * @param cap the longest wait; a request for more is held this long
 * @param grace the time that the container's own timeout adds to a deadline, so that ours always comes first
 */
public record WaitLimits(Duration cap, Duration grace) {
    private static final Duration MOST_JITTER = Duration.ofSeconds(4);

    /** The wait that is granted when this one is asked for. */
    public Duration granted(Duration asked) {
        return asked.compareTo(cap) > 0 ? cap : asked;
    }

    /** The wait with up to a sixteenth of it added, at most four seconds, so that clients that came together return apart. */
    public Duration spread(Duration wait) {
        long most = Math.min(wait.toNanos() / 16, MOST_JITTER.toNanos());
        return wait.plusNanos(most <= 0 ? 0 : ThreadLocalRandom.current().nextLong(most));
    }
}
