// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What became of a publication within its command.
 *
 * @param kind which of these
 * @param first the id of its first event; that of the first publication for a repeat; {@link EventId#BEGINNING} if it has none
 * @param count how many events
 */
record Receipt(Kind kind, EventId first, int count) {

    /** The ids of its events. */
    List<EventId> ids() {
        return IntStream.range(0, count).mapToObj(first::plus).toList();
    }

    /** What can become of a publication. */
    enum Kind {
        /** Its events are in the log. */
        APPENDED,
        /** They were before, under the same key. */
        REPEATED,
        /** The key was used for something else. */
        OTHER_USE,
        /** There may be no further channel, or no further bytes. */
        NO_ROOM
    }
}
