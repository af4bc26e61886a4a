// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.EventId;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The position of a reader in the channels that it reads.
 *
 * @param channels their names, in the reader's order
 * @param places the reader's place in each of them
 */
public record Cursor(List<String> channels, List<EventId> places) {
    private static final String EARLIEST = "earliest", UNKNOWN = "unknown", SEPARATOR = ".";
    private static final int LONGEST = 32 * 41;

    /** The reader begins with the oldest event that is kept. */
    public static Cursor earliest(List<String> channels) {
        return new Cursor(channels, channels.stream().map(c -> EventId.EARLIEST).toList());
    }

    /** The reader begins with the next event to be published. */
    public static Cursor now(List<String> channels) {
        return new Cursor(channels, channels.stream().map(c -> EventId.NOW).toList());
    }

    /** It is not known what the reader has seen. It is told of a gap, and gets every event that is kept. */
    public static Cursor unknown(List<String> channels) {
        return new Cursor(channels, channels.stream().map(c -> EventId.UNKNOWN).toList());
    }

    /**
     * Reads the cursor that a client sent.
     *
     * @throws Refusal naming the field, if the text is not a cursor of these channels
     */
    public static Cursor parse(List<String> channels, String field, String text) {
        return find(channels, text)
                .orElseThrow(
                        () -> new Refusal(Problem.badValue(field, "a cursor of these channels, or " + EARLIEST, text)));
    }

    /** The cursor with this text; empty if the text is not a cursor of these channels. */
    public static Optional<Cursor> find(List<String> channels, String text) {
        if (text.equals(EARLIEST)) return Optional.of(earliest(channels));
        if (text.length() > LONGEST) return Optional.empty();
        List<String> parts = List.of(text.split("\\" + SEPARATOR, -1));
        if (parts.size() != channels.size()) return Optional.empty();
        List<EventId> places = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++)
            place(channels.get(i), parts.get(i)).ifPresent(places::add);
        return places.size() == parts.size()
                ? Optional.of(new Cursor(channels, List.copyOf(places)))
                : Optional.empty();
    }

    private static Optional<EventId> place(String channel, String part) {
        if (part.equals(UNKNOWN)) return Optional.of(EventId.UNKNOWN);
        return part.equals(EARLIEST) ? Optional.of(EventId.EARLIEST) : EventId.parse(channel, part);
    }

    /** The form in which the client gets it. */
    public String text() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) parts.add(text(channels.get(i), places.get(i)));
        return String.join(SEPARATOR, parts);
    }

    private static String text(String channel, EventId place) {
        if (place.equals(EventId.UNKNOWN)) return UNKNOWN;
        return place.equals(EventId.EARLIEST) ? EARLIEST : place.text(channel);
    }

    /** Whether the reader has a place in each channel; until then it has to read before it can wait. */
    public boolean isPlaced() {
        return !places.contains(EventId.NOW) && !places.contains(EventId.EARLIEST);
    }

    public EventId at(String channel) {
        return places.get(channels.indexOf(channel));
    }

    public Cursor with(String channel, EventId place) {
        List<EventId> moved = new ArrayList<>(places);
        moved.set(channels.indexOf(channel), place);
        return new Cursor(channels, List.copyOf(moved));
    }
}
