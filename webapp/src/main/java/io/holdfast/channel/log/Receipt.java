// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The outcome of a publication within its command.
 *
 * @param kind the kind of outcome
 * @param first the id of its first event; for a repeat, the id that the first publication got; {@link EventId#BEGINNING} if there is none
 * @param count how many events
 */
public record Receipt(Kind kind, EventId first, int count) {

    /** The ids of its events. */
    List<EventId> ids() {
        return IntStream.range(0, count).mapToObj(first::plus).toList();
    }

    /** The kinds of outcome. */
    public enum Kind {
        /** Its events are in the log. */
        APPENDED,
        /** Its events were in the log before, with the same key. */
        REPEATED,
        /** The key was used for a different publication. */
        OTHER_USE,
        /** There are as many bytes as there may be. */
        NO_ROOM,
        /** The channel would be a new one, and there are as many as there may be. */
        TOO_MANY
    }
}
