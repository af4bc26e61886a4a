// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.Event;
import io.holdfast.client.Gap;
import io.holdfast.client.Receipt;
import io.holdfast.client.http.Json;
import io.holdfast.client.http.UnreadableException;
import io.holdfast.client.http.Wording;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
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

/** The JSON of channels, as members send it: {@code docs/reference/channels.md}. */
final class ChannelJson {
    private static final String BASE64 = "base64";

    private ChannelJson() {}

    /**
     * An answer to a poll.
     *
     * @param events in order
     * @param gap events that may be missing before them; null if none are
     * @param last the cursor for the next poll
     */
    record Page(List<Event> events, @Nullable Gap gap, String last) {}

    static Page page(byte[] body) throws UnreadableException {
        JsonObject object = Json.object(body);
        if (!(object.get("events") instanceof JsonArray array))
            throw new UnreadableException("The answer has no events.");
        List<Event> events = new ArrayList<>();
        for (JsonValue value : array) events.add(event(Json.object(value, "An event")));
        Gap gap = object.get("gap") instanceof JsonObject found ? gap(found) : null;
        return new Page(List.copyOf(events), gap, Json.required(object, "last"));
    }

    private static Event event(JsonObject object) throws UnreadableException {
        String encoding = Json.text(object, "encoding");
        return new Event(
                Json.required(object, "id"),
                Json.text(object, "channel"),
                Json.text(object, "type"),
                time(Json.text(object, "time")),
                Json.text(object, "contentType"),
                Json.text(object, "was"),
                data(Json.required(object, "data"), encoding == null ? "" : encoding));
    }

    private static @Nullable Instant time(@Nullable String text) throws UnreadableException {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new UnreadableException(
                    "The time of an event is malformed: " + Wording.printable(text == null ? "" : text));
        }
    }

    private static Gap gap(JsonObject object) {
        return new Gap(Json.text(object, "channel"), Json.text(object, "after"), Json.text(object, "oldest"));
    }

    /** The gap in the data of an event that has the type {@code gap}; empty if it describes none. */
    static Optional<Gap> gap(String data) {
        try {
            JsonObject object = Json.object(data);
            JsonObject inner = object.get("gap") instanceof JsonObject found ? found : object;
            return inner.containsKey("oldest") ? Optional.of(gap(inner)) : Optional.empty();
        } catch (UnreadableException e) {
            return Optional.empty();
        }
    }

    /** The bytes of data that came as text; the encoding is empty or {@code base64}. */
    static byte[] data(String text, String encoding) throws UnreadableException {
        if (encoding.isEmpty()) return text.getBytes(StandardCharsets.UTF_8);
        if (!encoding.equals(BASE64))
            throw new UnreadableException(
                    "The data has an encoding that is unknown here: " + Wording.printable(encoding) + ".");
        try {
            return Base64.getDecoder().decode(text.replace("\n", ""));
        } catch (IllegalArgumentException e) {
            throw new UnreadableException("The data is not base64.");
        }
    }

    static Receipt receipt(byte[] body, boolean isReplayed) throws UnreadableException {
        JsonObject object = Json.object(body);
        JsonObject receipt = object.get("receipt") instanceof JsonObject found ? found : JsonValue.EMPTY_JSON_OBJECT;
        return new Receipt(
                ids(object), isReplayed, backups(receipt), released(receipt), Json.texts(receipt.get("unknown")));
    }

    private static List<String> ids(JsonObject object) throws UnreadableException {
        String id = Json.text(object, "id");
        if (id != null) return List.of(id);
        List<String> ids = Json.texts(object.get("ids"));
        if (ids.isEmpty()) throw new UnreadableException("The receipt has no id.");
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
}
