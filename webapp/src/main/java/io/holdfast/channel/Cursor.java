// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.http.Problem;
import io.holdfast.http.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a reader has come in the channels it reads.
 *
 * @param channels their names, in the reader's order
 * @param places how far it has come in each
 */
record Cursor(List<String> channels, List<EventId> places) {
    private static final String EARLIEST = "earliest", SEPARATOR = ".";
    private static final int LONGEST = 32 * 41;

    /** The reader begins with what is kept. */
    static Cursor earliest(List<String> channels) {
        return new Cursor(channels, channels.stream().map(c -> EventId.EARLIEST).toList());
    }

    /** The reader begins with what comes. */
    static Cursor now(List<String> channels) {
        return new Cursor(channels, channels.stream().map(c -> EventId.NOW).toList());
    }

    /**
     * The cursor that a client gave back.
     *
     * @throws Refusal naming the field, if it is none of these channels
     */
    static Cursor parse(List<String> channels, String field, String text) {
        return find(channels, text)
                .orElseThrow(
                        () -> new Refusal(Problem.badValue(field, "a cursor of these channels, or " + EARLIEST, text)));
    }

    /** The cursor that this is; empty if it is none of these channels. */
    static Optional<Cursor> find(List<String> channels, String text) {
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
        return part.equals(EARLIEST) ? Optional.of(EventId.EARLIEST) : EventId.parse(channel, part);
    }

    /** As the client is given it. */
    String text() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < places.size(); i++)
            parts.add(
                    places.get(i).equals(EventId.EARLIEST)
                            ? EARLIEST
                            : places.get(i).text(channels.get(i)));
        return String.join(SEPARATOR, parts);
    }

    /** Whether the reader has a place in each channel; until then it has to read before it can wait. */
    boolean isPlaced() {
        return !places.contains(EventId.NOW) && !places.contains(EventId.EARLIEST);
    }

    EventId at(String channel) {
        return places.get(channels.indexOf(channel));
    }

    Cursor with(String channel, EventId place) {
        List<EventId> moved = new ArrayList<>(places);
        moved.set(channels.indexOf(channel), place);
        return new Cursor(channels, List.copyOf(moved));
    }
}
