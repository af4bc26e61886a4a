// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Event;
import io.holdfast.client.Gap;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events, gaps and logs as lines: for people, or as the JSON of an NDJSON stream. */
final class Lines {
    private static final JsonProvider JSON = JsonProvider.provider();
    private static final String FURTHER_LINE = "\n    ";

    private Lines() {}

    /** The time, channel, id, type and data; further lines of the data are indented. */
    static String readable(Event event) {
        String time = event.time() == null ? "-" : event.time().toString();
        String head = String.join(" ", time, word(event.channel()), word(event.id()), word(event.type()));
        String data = text(event.data())
                .map(Lines::indented)
                .orElseGet(() -> "(" + event.data().length + " bytes that are no text: --json shows them)");
        return head + "  " + data;
    }

    private static String word(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : safe(text);
    }

    /** The text with its control characters escaped; its further lines are indented. */
    static String indented(String text) {
        String[] lines = text.split("\r\n|\r|\n", -1);
        int count = lines.length > 1 && lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) all.append(i == 0 ? "" : FURTHER_LINE).append(safe(lines[i]));
        return all.toString();
    }

    /** The text with its control characters, except tabs, escaped. */
    static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (Character.isISOControl(c) && c != '\t') safe.append(String.format("\\u%04x", c));
            else safe.append((char) c);
        });
        return safe.toString();
    }

    private static Optional<String> text(byte[] data) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The event as one line of JSON. */
    static String json(Event event) {
        JsonObjectBuilder object = JSON.createObjectBuilder().add("id", event.id());
        add(object, "channel", event.channel());
        add(object, "type", event.type());
        add(object, "time", event.time() == null ? null : event.time().toString());
        add(object, "contentType", event.contentType());
        add(object, "was", event.was());
        Optional<String> text = text(event.data());
        object.add("data", text.orElseGet(() -> Base64.getEncoder().encodeToString(event.data())));
        if (text.isEmpty()) object.add("encoding", "base64");
        return object.build().toString();
    }

    private static void add(JsonObjectBuilder object, String name, @Nullable String value) {
        if (value != null) object.add(name, value);
    }

    static String json(Gap gap) {
        JsonObjectBuilder inner = JSON.createObjectBuilder();
        add(inner, "channel", gap.channel());
        add(inner, "after", gap.after());
        inner.add("oldest", gap.oldest() == null ? JsonValue.NULL : JSON.createValue(gap.oldest()));
        return JSON.createObjectBuilder().add("gap", inner).build().toString();
    }

    static String readable(Gap gap) {
        String after = gap.after() == null ? "the cursor" : gap.after();
        String oldest = gap.oldest() == null ? "nothing is kept" : "the oldest that is kept is " + gap.oldest();
        String where = gap.channel() == null ? "" : " of " + gap.channel();
        return safe("Events" + where + " after " + after + " may be missing: " + oldest + ".");
    }
}
