// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.channel.log.Page;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The news that a channel has moved, for the readers that wait for it.
 *
 * @param channel its name
 * @param before the place before the new events
 * @param last its newest place
 * @param feed the new events, for readers at the place {@code before}; null if the events must be read
 */
public record News(
        String channel,
        EventId before,
        EventId last,
        @Nullable Feed feed) {
    /** The most bytes of events that a signal carries; larger news must be read. */
    private static final int MOST_BYTES = 64 * 1024;

    static News of(String channel, EventId before, List<Event> events) {
        EventId last = events.get(events.size() - 1).id();
        return new News(channel, before, last, new Feed(channel, Page.of(events, last)));
    }

    /** News without events: the channel has come to this place. */
    static News of(String channel, EventId last) {
        return new News(channel, last, last, null);
    }

    /** News for a reader at this place, made of the feed that it has just read. */
    static News found(Feed feed, EventId at) {
        return new News(feed.channel(), at, feed.page().last(), feed);
    }

    /** Whether there are events for a reader at this place. */
    boolean isPast(EventId place) {
        return isFor(place) || last.compareTo(place) > 0;
    }

    /** Whether the news carries the events for a reader at this place. */
    boolean isFor(EventId place) {
        return feed != null && before.equals(place) && !feed.page().isEmpty();
    }

    // The form within a signal; version first.

    byte[] signal() {
        List<Event> events = feed == null ? List.of() : feed.page().events();
        boolean whole = events.stream().mapToLong(Event::size).sum() <= MOST_BYTES;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(1);
            write(out, before);
            write(out, last);
            out.writeInt(whole ? events.size() : 0);
            if (whole) for (Event event : events) write(out, event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static News heard(String channel, byte[] signal) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(signal))) {
            in.readByte();
            EventId before = id(in), last = id(in);
            int count = in.readInt();
            if (count == 0) return new News(channel, before, last, null);
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < count; i++) events.add(event(in));
            return new News(channel, before, last, new Feed(channel, Page.of(events, last)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, EventId id) throws IOException {
        out.writeLong(id.epoch());
        out.writeLong(id.sequence());
        out.writeInt(id.tag());
    }

    private static EventId id(DataInputStream in) throws IOException {
        return new EventId(in.readLong(), in.readLong(), in.readInt());
    }

    private static void write(DataOutputStream out, Event event) throws IOException {
        write(out, event.id());
        out.writeLong(event.time());
        out.writeUTF(event.type());
        out.writeUTF(event.contentType());
        out.writeInt(event.data().length);
        out.write(event.data());
    }

    private static Event event(DataInputStream in) throws IOException {
        EventId id = id(in);
        long time = in.readLong();
        String type = in.readUTF(), contentType = in.readUTF();
        byte[] data = new byte[in.readInt()];
        in.readFully(data);
        return new Event(id, null, time, type, contentType, data);
    }
}
