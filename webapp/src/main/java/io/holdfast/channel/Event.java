// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import org.jspecify.annotations.Nullable;

/**
 * One event as a channel keeps it.
 *
 * @param id its place
 * @param was what it was on the side of a split whose numbering was given up; null for every other event
 * @param time when it was published, in epoch milliseconds by the clock of the member that took it
 * @param type the publisher's word for what it is; empty if it gave none
 * @param contentType the media type of the data
 * @param data the bytes as they were published; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Event(EventId id, @Nullable Former was, long time, String type, String contentType, byte[] data) {
    /** What an event takes beside its data, about. */
    private static final int OVERHEAD = 160;

    /** What it counts towards the bytes of its channel. */
    long size() {
        return OVERHEAD + 2L * (type.length() + contentType.length()) + data.length;
    }

    /**
     * What an event was before its side was joined to another.
     *
     * @param id the place it was published at
     * @param parting the last place of this log that readers who were shown it there had passed; {@link EventId#EARLIEST} if that is
     *     not kept
     */
    record Former(EventId id, EventId parting) {}

    /** The place it was published at. */
    EventId first() {
        return was == null ? id : was.id;
    }

    boolean isKnownAs(EventId place) {
        return id.equals(place) || first().equals(place);
    }

    /** This at another place, on a side whose readers have seen it up to that parting, and perhaps less. */
    Event renumbered(EventId now, EventId parting) {
        EventId before = was == null ? parting : was.parting;
        EventId earlier = before.compareTo(parting) < 0 ? before : parting;
        return new Event(now, new Former(first(), earlier), time, type, contentType, data);
    }
}
