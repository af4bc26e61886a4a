// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.By;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The channels to follow, and how to follow them.
 *
 * @param channels the channels
 * @param by long poll or stream
 * @param after the cursor to begin after; null for events from now on
 * @param times how long things may take
 * @param limits how much an answer may contain
 */
public record FollowPlan(
        ChannelNames channels, By by, @Nullable String after, Times times, Limits limits) {

    /**
     * How long things may take.
     *
     * @param hold the time for which the server is asked to hold a request
     * @param silence the time for which a stream may be silent
     * @param patience the longest time without success; null for ever
     */
    public record Times(
            Duration hold, Duration silence, @Nullable Duration patience) {}

    /**
     * How much an answer may contain.
     *
     * @param events the most events of one answer
     * @param bytes the most bytes of one answer, or of one event of a stream
     */
    public record Limits(int events, int bytes) {}
}
