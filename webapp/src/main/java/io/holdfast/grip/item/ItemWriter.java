// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.grip.item.Formats.Action;
import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.grip.item.Formats.HttpStream;
import io.holdfast.grip.item.Formats.WsMessage;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.JsonInput;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes an item as JSON: members in one order, bytes always in base64, defaults left out. */
final class ItemWriter {
    private ItemWriter() {}

    static byte[] json(Item item) {
        JsonObjectBuilder json = JsonInput.JSON.createObjectBuilder().add("channel", item.channel());
        add(json, "id", item.id());
        add(json, "prev-id", item.prevId());
        json.add("formats", formats(item.formats()));
        if (!item.meta().isEmpty()) json.add("meta", meta(item.meta()));
        if (item.size() >= 0) json.add("size", item.size());
        if (item.unordered()) json.add("no-seq", true);
        return json.build().toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObjectBuilder formats(Formats formats) {
        JsonObjectBuilder json = JsonInput.JSON.createObjectBuilder();
        HttpResponse response = formats.response();
        HttpStream stream = formats.stream();
        WsMessage message = formats.message();
        if (response != null) json.add("http-response", response(response));
        if (stream != null) json.add("http-stream", stream(stream));
        if (message != null) json.add("ws-message", message(message));
        // An item that no subscriber receives is written too: its id counts.
        if (formats.isEmpty()) json.add("none", true);
        return json;
    }

    private static JsonObjectBuilder response(HttpResponse response) {
        JsonObjectBuilder json = JsonInput.JSON.createObjectBuilder();
        if (response.action() != Action.SEND) return json.add("action", name(response.action()));
        json.add("code", response.code()).add("reason", response.reason());
        if (!response.headers().isEmpty()) json.add("headers", headers(response.headers()));
        addFilters(json, response.contentFilters());
        return response.patch() == null
                ? json.add("body-bin", Base64Text.encode(response.body()))
                : json.add("body-patch", response.patch());
    }

    private static JsonObjectBuilder stream(HttpStream stream) {
        JsonObjectBuilder json = JsonInput.JSON.createObjectBuilder();
        if (stream.action() != Action.SEND) return json.add("action", name(stream.action()));
        addFilters(json, stream.contentFilters());
        return json.add("content-bin", Base64Text.encode(stream.content()));
    }

    private static JsonObjectBuilder message(WsMessage message) {
        JsonObjectBuilder json = JsonInput.JSON.createObjectBuilder();
        if (message.action() != Action.SEND) {
            json.add("action", name(message.action()));
            Integer code = message.code();
            if (code != null) json.add("code", code);
            return message.reason().isEmpty() ? json : json.add("reason", message.reason());
        }
        json.add("type", name(message.type()));
        addFilters(json, message.contentFilters());
        return json.add("content-bin", Base64Text.encode(message.content()));
    }

    private static JsonArrayBuilder headers(Headers headers) {
        JsonArrayBuilder list = JsonInput.JSON.createArrayBuilder();
        for (Header header : headers)
            list.add(JsonInput.JSON.createArrayBuilder().add(header.name()).add(header.value()));
        return list;
    }

    private static JsonObjectBuilder meta(Map<String, String> meta) {
        JsonObjectBuilder json = JsonInput.JSON.createObjectBuilder();
        new TreeMap<>(meta).forEach(json::add);
        return json;
    }

    private static void addFilters(JsonObjectBuilder json, @Nullable List<String> filters) {
        if (filters == null) return;
        JsonArrayBuilder list = JsonInput.JSON.createArrayBuilder();
        filters.forEach(list::add);
        json.add("content-filters", list);
    }

    private static void add(JsonObjectBuilder json, String name, @Nullable String value) {
        if (value != null) json.add(name, value);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
