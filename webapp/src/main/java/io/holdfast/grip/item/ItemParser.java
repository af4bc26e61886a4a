// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.grip.item.Formats.Action;
import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.grip.item.Formats.HttpStream;
import io.holdfast.grip.item.Formats.WsMessage;
import io.holdfast.http.message.Headers;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads a published item from JSON, with its formats in {@code formats} or beside its other members. */
final class ItemParser {
    private static final int MOST_STATUS = 999;
    private static final byte[] NOTHING = {};

    private ItemParser() {}

    /**
     * The item.
     *
     * @throws Malformed in the words of Pushpin; for an unknown action there are none
     */
    static Item parse(JsonValue value) {
        Members item = Members.of("publish item object", value);
        String channel = item.requiredString("channel");
        if (!GripChannel.isName(channel)) throw new Malformed("'channel' is longer than 512 bytes");
        return new Item(
                channel,
                item.string("id"),
                item.string("prev-id"),
                formats(item),
                item.strings("meta"),
                item.integer("size", -1, Integer.MAX_VALUE),
                item.flag("no-seq"));
    }

    private static Formats formats(Members item) {
        JsonObject within = item.object("formats");
        Members from = within == null ? item : new Members("formats", within);
        Formats formats = new Formats(
                format(from, "http-response", ItemParser::response),
                format(from, "http-stream", ItemParser::stream),
                format(from, "ws-message", ItemParser::message));
        if (within == null ? formats.isEmpty() : within.isEmpty()) throw new Malformed("no formats specified");
        return formats;
    }

    private static <F> @Nullable F format(Members formats, String name, BiFunction<Members, Action, F> reader) {
        JsonValue value = formats.value(name);
        if (value == null) return null;
        Members format = Members.of("'" + name + "'", value);
        return reader.apply(format, action(format.string("action")));
    }

    private static Action action(@Nullable String name) {
        return switch (Objects.requireNonNullElse(name, "send")) {
            case "send" -> Action.SEND;
            case "hint" -> Action.HINT;
            case "close" -> Action.CLOSE;
            case "refresh" -> Action.REFRESH;
            default -> throw new Malformed("");
        };
    }

    private static HttpResponse response(Members format, Action action) {
        if (action != Action.SEND)
            return new HttpResponse(action, 200, Reasons.of(200), Headers.NONE, NOTHING, null, null);
        int code = format.integer("code", 200, MOST_STATUS);
        if (code < Reasons.LEAST_STATUS) throw new Malformed("'http-response' contains 'code' with invalid value");
        String reason = Objects.requireNonNullElse(format.string("reason"), "");
        Headers headers = format.headers();
        List<String> filters = contentFilters(format);
        byte[] body = format.bytes("body-bin", "body");
        JsonArray patch = body == null ? format.list("body-patch") : null;
        if (body == null && patch == null)
            throw new Malformed("'http-response' does not contain 'body', 'body-bin', or 'body-patch'");
        return new HttpResponse(
                action,
                code,
                reason.isEmpty() ? Reasons.of(code) : reason,
                headers,
                body == null ? NOTHING : body,
                patch,
                filters);
    }

    private static HttpStream stream(Members format, Action action) {
        if (action != Action.SEND) return new HttpStream(action, NOTHING, null);
        List<String> filters = contentFilters(format);
        byte[] content = format.bytes("content-bin", "content");
        if (content == null) throw new Malformed("'http-stream' does not contain 'content' or 'content-bin'");
        return new HttpStream(action, content, filters);
    }

    private static WsMessage message(Members format, Action action) {
        if (action == Action.SEND) return sent(format);
        if (action != Action.CLOSE) return new WsMessage(action, WsMessage.Type.TEXT, NOTHING, null, "", null);
        int code = format.integer("code", -1, Integer.MAX_VALUE);
        String reason = Objects.requireNonNullElse(format.string("reason"), "");
        return new WsMessage(action, WsMessage.Type.TEXT, NOTHING, code < 0 ? null : code, reason, null);
    }

    private static WsMessage sent(Members format) {
        WsMessage.Type type = type(format.string("type"), format.has("content-bin"));
        List<String> filters = contentFilters(format);
        byte[] content = format.bytes("content-bin", "content");
        boolean wanted = type == WsMessage.Type.TEXT || type == WsMessage.Type.BINARY;
        if (content == null && wanted) throw new Malformed("'ws-message' does not contain 'content' or 'content-bin'");
        return new WsMessage(Action.SEND, type, content == null ? NOTHING : content, null, "", filters);
    }

    private static WsMessage.Type type(@Nullable String name, boolean binary) {
        if (name == null) return binary ? WsMessage.Type.BINARY : WsMessage.Type.TEXT;
        return switch (name) {
            case "text" -> WsMessage.Type.TEXT;
            case "binary" -> WsMessage.Type.BINARY;
            case "ping" -> WsMessage.Type.PING;
            case "pong" -> WsMessage.Type.PONG;
            default -> throw new Malformed("'ws-message' contains 'type' with unknown value");
        };
    }

    private static @Nullable List<String> contentFilters(Members format) {
        return format.stringList("content-filters", "content-filters contains element with wrong type");
    }
}
