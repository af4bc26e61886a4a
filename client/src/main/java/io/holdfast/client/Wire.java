// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON of the contract: what members send, as this client sees it. Members it does not know are passed over. */
final class Wire {
    private static final JsonProvider JSON = JsonProvider.provider();
    private static final String BASE64 = "base64";

    private Wire() {}

    /**
     * An answer to a read.
     *
     * @param events in order
     * @param gap what may be missing before them; null if nothing
     * @param last the cursor to go on from
     */
    record Page(List<Event> events, @Nullable Gap gap, String last) {}

    static Page page(byte[] body) throws Unreadable {
        JsonObject object = object(new String(body, StandardCharsets.UTF_8));
        if (!(object.get("events") instanceof JsonArray array)) throw new Unreadable("An answer has no events.");
        List<Event> events = new ArrayList<>();
        for (JsonValue value : array) events.add(event(value));
        Gap gap = object.get("gap") instanceof JsonObject found ? gap(found) : null;
        return new Page(List.copyOf(events), gap, required(object, "last"));
    }

    private static Event event(JsonValue value) throws Unreadable {
        if (!(value instanceof JsonObject object)) throw new Unreadable("An event is no object.");
        String encoding = text(object, "encoding");
        return new Event(
                required(object, "id"),
                text(object, "channel"),
                text(object, "type"),
                time(text(object, "time")),
                text(object, "contentType"),
                text(object, "was"),
                data(required(object, "data"), encoding == null ? "" : encoding));
    }

    private static Gap gap(JsonObject object) {
        return new Gap(text(object, "channel"), text(object, "after"), text(object, "oldest"));
    }

    /** The gap that the data of a stream's event {@code gap} describes; empty if it describes none. */
    static Optional<Gap> gap(String data) {
        try {
            JsonObject object = object(data);
            JsonObject inner = object.get("gap") instanceof JsonObject found ? found : object;
            return inner.containsKey("oldest") ? Optional.of(gap(inner)) : Optional.empty();
        } catch (Unreadable e) {
            return Optional.empty();
        }
    }

    /** The bytes of data that came as text, in that encoding. */
    static byte[] data(String text, String encoding) throws Unreadable {
        if (encoding.isEmpty()) return text.getBytes(StandardCharsets.UTF_8);
        if (!encoding.equals(BASE64))
            throw new Unreadable("Data is encoded in a way unknown here: " + Printable.cut(encoding) + ".");
        try {
            return Base64.getDecoder().decode(text.replace("\n", ""));
        } catch (IllegalArgumentException e) {
            throw new Unreadable("Data that should be base64 is not.");
        }
    }

    static Receipt receipt(byte[] body, boolean replayed) throws Unreadable {
        JsonObject object = object(new String(body, StandardCharsets.UTF_8));
        JsonObject receipt = object.get("receipt") instanceof JsonObject found ? found : JsonValue.EMPTY_JSON_OBJECT;
        return new Receipt(ids(object), replayed, backups(receipt), released(receipt), texts(receipt.get("unknown")));
    }

    private static List<String> ids(JsonObject object) throws Unreadable {
        String id = text(object, "id");
        if (id != null) return List.of(id);
        List<String> ids = texts(object.get("ids"));
        if (ids.isEmpty()) throw new Unreadable("A receipt has no id.");
        return ids;
    }

    private static int backups(JsonObject receipt) {
        return receipt.get("backups") instanceof JsonNumber number ? number.intValue() : 0;
    }

    private static Map<String, Long> released(JsonObject receipt) {
        Map<String, Long> released = new LinkedHashMap<>();
        if (receipt.get("released") instanceof JsonObject members)
            members.forEach((member, count) -> {
                if (count instanceof JsonNumber number) released.put(member, number.longValue());
            });
        return released;
    }

    /** The strings of an array. */
    static List<String> texts(@Nullable JsonValue value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof JsonArray array)
            for (JsonValue one : array) if (one instanceof JsonString string) texts.add(string.getString());
        return texts;
    }

    /** The sentence of a problem document; empty if this is none. */
    static Optional<String> problem(byte[] body) {
        try {
            JsonObject object = object(new String(body, StandardCharsets.UTF_8));
            String detail = text(object, "detail");
            return Optional.ofNullable(detail != null ? detail : text(object, "title"))
                    .map(Printable::cut);
        } catch (Unreadable e) {
            return Optional.empty();
        }
    }

    private static JsonObject object(String text) throws Unreadable {
        if (value(text) instanceof JsonObject object) return object;
        throw new Unreadable("An answer is no JSON object.");
    }

    static JsonValue value(String text) throws Unreadable {
        try (JsonReader reader = JSON.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (JsonException | IllegalStateException e) {
            throw new Unreadable("An answer is no JSON: " + Printable.cut(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // The parser's limits on depth and numbers have no type of their own.
            throw new Unreadable("An answer is not for reading: " + Printable.cut(e.toString()));
        }
    }

    static String required(JsonObject object, String name) throws Unreadable {
        String value = text(object, name);
        if (value == null) throw new Unreadable("An answer lacks the text '" + name + "'.");
        return value;
    }

    private static @Nullable String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonString string ? string.getString() : null;
    }

    private static @Nullable Instant time(@Nullable String text) throws Unreadable {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Unreadable("The time of an event is none: " + Printable.cut(text == null ? "" : text));
        }
    }
}
