// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel in numbers.
 *
 * @param first the oldest event that is kept; null if there is none
 * @param last the newest event; null if none is kept
 * @param events how many are kept
 * @param bytes their size, overhead included
 */
public record Summary(@Nullable EventId first, @Nullable EventId last, int events, long bytes) {
    static final Summary NOTHING = new Summary(null, null, 0, 0);

    static Summary of(@Nullable Log log) {
        if (log == null || log.events().isEmpty()) return NOTHING;
        List<Event> events = log.events();
        return new Summary(events.get(0).id(), events.get(events.size() - 1).id(), events.size(), log.bytes());
    }
}
