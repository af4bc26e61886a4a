// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import org.jspecify.annotations.Nullable;

/**
 * One event as a channel keeps it.
 *
 * @param id its place
 * @param was its earlier place, if it comes from the side of a split whose numbering was given up; null for every other event
 * @param time when it was published, in epoch milliseconds by the clock of the member that accepted it
 * @param type the publisher's name for its type; empty if the publisher gave none
 * @param contentType the media type of the data
 * @param data the bytes as they were published; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Event(EventId id, @Nullable Former was, long time, String type, String contentType, byte[] data) {
    /** The approximate memory of an event without its data, in bytes. */
    private static final int OVERHEAD = 160;

    /** The number of bytes by which it counts towards the size of its channel. */
    public long size() {
        return OVERHEAD + 2L * (type.length() + contentType.length()) + data.length;
    }

    /**
     * The place of an event before its side of a split was joined to the other.
     *
     * @param id the place at which it was published
     * @param parting the last place of this log that all readers of the event at its former place have passed; {@link EventId#EARLIEST}
     *     if that place is not kept
     */
    record Former(EventId id, EventId parting) {}

    /** The place at which it was published. */
    public EventId first() {
        return was == null ? id : was.id;
    }

    boolean isKnownAs(EventId place) {
        return id.equals(place) || first().equals(place);
    }

    /** A copy at another place. Its former readers have seen this log up to that parting, or up to an earlier one. */
    public Event renumbered(EventId now, EventId parting) {
        EventId before = was == null ? parting : was.parting;
        EventId earlier = before.compareTo(parting) < 0 ? before : parting;
        return new Event(now, new Former(first(), earlier), time, type, contentType, data);
    }
}
