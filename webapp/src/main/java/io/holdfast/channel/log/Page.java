// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a read: consecutive events, and the cursor to continue from.
 *
 * @param events the events, perhaps none
 * @param last the cursor after them
 * @param gap whether events before them may be missing, because the event that the reader saw last is not kept
 * @param oldest the oldest event that is kept, where there is a gap; null if there is none
 * @param behind how many bytes of events follow this page
 */
public record Page(
        List<Event> events,
        EventId last,
        boolean gap,
        @Nullable EventId oldest,
        long behind) {

    public static Page of(List<Event> events, EventId last) {
        return new Page(events, last, false, null, 0);
    }

    public boolean isEmpty() {
        return events.isEmpty() && !gap;
    }
}
