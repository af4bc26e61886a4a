// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The place of an event in its channel, and so the cursor of a reader that has seen it. Places only grow: by sequence, and by epoch if a
 * channel is cleared or two sides of a split are joined.
 *
 * @param epoch when this numbering began, in epoch milliseconds
 * @param sequence the number, from 1; 0 is before the first
 * @param tag a hash over the command that appended it and all commands before. Two sides of a split may give the same number to different
 *     events, but events with the same id have the same history.
 */
public record EventId(long epoch, long sequence, int tag) implements Comparable<EventId> {
    /** Before the first event of a channel that has never had one. */
    public static final EventId BEGINNING = new EventId(0, 0, 0);
    /** Before the oldest event that is kept. */
    public static final EventId EARLIEST = new EventId(-1, 0, 0);
    /** After the newest event. */
    public static final EventId NOW = new EventId(-2, 0, 0);

    /** Where a reader is whose cursor cannot be read. No channel has this place, so there is always a gap after it. */
    public static final EventId UNKNOWN = new EventId(1, 0, 1);

    private static final Pattern TEXT = Pattern.compile("([0-9a-z]{1,10})-([0-9]{1,18})-([0-9a-z]{1,10})");
    private static final int CHECK_BITS = 16;

    /** The form in which clients see it. It depends on the channel, so that the id of one channel is not accepted for another. */
    public String text(String channel) {
        if (equals(BEGINNING)) return "0";
        long end = ((tag & 0xffffffffL) << CHECK_BITS) | check(channel);
        return Long.toString(epoch, Character.MAX_RADIX) + "-" + sequence + "-"
                + Long.toString(end, Character.MAX_RADIX);
    }

    /** The id that has this text in that channel; empty if none has. */
    public static Optional<EventId> parse(String channel, String text) {
        if (text.equals("0")) return Optional.of(BEGINNING);
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) return Optional.empty();
        long end = Long.parseLong(matcher.group(3), Character.MAX_RADIX);
        EventId id = new EventId(
                Long.parseLong(matcher.group(1), Character.MAX_RADIX), Long.parseLong(matcher.group(2)), (int)
                        (end >> CHECK_BITS));
        // Only our own spelling is accepted: each id has exactly one text.
        return id.text(channel).equals(text) ? Optional.of(id) : Optional.empty();
    }

    private static long check(String channel) {
        CRC32 crc = new CRC32();
        crc.update(channel.getBytes(StandardCharsets.UTF_8));
        return crc.getValue() & ((1 << CHECK_BITS) - 1);
    }

    /** The id of the event that the same command appends this many places later. */
    public EventId plus(int places) {
        return new EventId(epoch, sequence + places, tag);
    }

    /** Compares places only: two sides of a split may have different events at one place. */
    @Override
    public int compareTo(EventId other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
    }

    // Written out, as in Key, because the JDK's own equality of records keeps a reference to the last class
    // that used it.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventId id && id.epoch == epoch && id.sequence == sequence && id.tag == tag;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(31 * epoch + sequence) ^ tag;
    }
}
