// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.channel.core.Cursor;
import io.holdfast.channel.core.Delivery;
import io.holdfast.channel.core.Feed;
import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms in which readers get events: the JSON envelope, Server-Sent Events, and JSON lines. All of them are UTF-8. */
final class Rendering {
    /** The type of an event that only tells a reader its place. */
    static final String PLACE = "last-event-id";

    private static final Pattern LINE_ENDS = Pattern.compile("\r\n|\r|\n");
    private static final Pattern TEXTUAL = Pattern.compile(
            "text/.*|application/(?:.*\\+)?(?:json|xml)|application/(?:javascript|x-www-form-urlencoded|x-ndjson|yaml)");
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s;\"]+)");

    private final Json json;

    /**
     * The body of a long poll.
     *
     * @param last the cursor after the events
     * @param gap the first of the gaps; absent if nothing is missing
     * @param gaps all of them; absent unless there are several
     */
    @JsonbPropertyOrder({"events", "last", "gap", "gaps"})
    public record Envelope(
            List<EventBody> events,
            String last,
            @Nullable Gap gap,
            @Nullable List<Gap> gaps) {}

    /**
     * One event.
     *
     * @param was the id that the event had before the cluster split; absent if it is the same
     * @param type absent if the event has none
     * @param data the data as text, or in base64
     * @param encoding {@code base64}; absent for text
     */
    @JsonbPropertyOrder({"id", "was", "channel", "type", "time", "contentType", "data", "encoding"})
    public record EventBody(
            String id,
            @Nullable String was,
            String channel,
            @Nullable String type,
            String time,
            String contentType,
            String data,
            @Nullable String encoding) {

        static EventBody of(String channel, Event event) {
            String text = textOf(event);
            return new EventBody(
                    event.id().text(channel),
                    event.was() == null ? null : event.first().text(channel),
                    channel,
                    event.type().isEmpty() ? null : event.type(),
                    Instant.ofEpochMilli(event.time()).toString(),
                    event.contentType(),
                    text == null ? base64(event) : text,
                    text == null ? "base64" : null);
        }
    }

    /**
     * Events that a reader has missed.
     *
     * @param channel absent for a reader of one channel
     * @param after the cursor of the reader
     * @param oldest the id of the oldest event that is kept; null if none is
     */
    @JsonbPropertyOrder({"channel", "after", "oldest"})
    public record Gap(
            @Nullable String channel,
            String after,
            @JsonbNillable @Nullable String oldest) {

        static Gap of(Feed feed, Cursor before) {
            EventId oldest = feed.page().oldest();
            return new Gap(
                    before.channels().size() > 1 ? feed.channel() : null,
                    before.text(),
                    oldest == null ? null : oldest.text(feed.channel()));
        }
    }

    /** A gap as a line of its own. */
    public record GapLine(Gap gap) {}

    /** A cursor as a line of its own. */
    public record Bookmark(String last) {}

    Rendering(Json json) {
        this.json = json;
    }

    /** The answer of a long poll. */
    OwnResponse envelope(Delivery delivery, Cursor before) {
        byte[] body = delivery.feeds().size() == 1 && before.channels().size() == 1
                ? delivery.feeds().get(0).encoded(Feed.Encoding.JSON, feed -> document(delivery, before))
                : document(delivery, before);
        return new OwnResponse(200, "application/json", Headers.of("ETag", etag(delivery.cursor())), body);
    }

    private byte[] document(Delivery delivery, Cursor before) {
        List<EventBody> events = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        for (Feed feed : delivery.feeds()) {
            feed.page().events().forEach(event -> events.add(EventBody.of(feed.channel(), event)));
            if (feed.page().gap()) gaps.add(Gap.of(feed, before));
        }
        return line(new Envelope(
                events, delivery.cursor().text(), gaps.isEmpty() ? null : gaps.get(0), gaps.size() > 1 ? gaps : null));
    }

    static String etag(Cursor cursor) {
        return "\"" + cursor.text() + "\"";
    }

    /** A chunk of a stream of Server-Sent Events. */
    byte[] sse(Delivery delivery, Cursor before) {
        return stream(delivery, before, Feed.Encoding.SSE);
    }

    /** A chunk of a stream of JSON lines. */
    byte[] lines(Delivery delivery, Cursor before) {
        return stream(delivery, before, Feed.Encoding.NDJSON);
    }

    private byte[] stream(Delivery delivery, Cursor before, Feed.Encoding encoding) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        Cursor cursor = before;
        for (Feed feed : delivery.feeds()) {
            if (before.channels().size() == 1) return feed.encoded(encoding, one -> chunk(one, before, encoding));
            chunk.writeBytes(chunk(feed, cursor, encoding));
            cursor = past(feed, cursor);
        }
        if (encoding == Feed.Encoding.NDJSON) chunk.writeBytes(bookmark(cursor));
        return chunk.toByteArray();
    }

    private byte[] chunk(Feed feed, Cursor before, Feed.Encoding encoding) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        boolean sse = encoding == Feed.Encoding.SSE;
        if (feed.page().gap()) chunk.writeBytes(sse ? sseGap(feed, before) : lineGap(feed, before));
        for (Event event : feed.page().events())
            chunk.writeBytes(
                    sse
                            ? sse(event, before.with(feed.channel(), event.id()), feed.channel())
                            : line(EventBody.of(feed.channel(), event)));
        return chunk.toByteArray();
    }

    /** If no event follows, the gap itself moves the reader's cursor past it. */
    private byte[] sseGap(Feed feed, Cursor before) {
        boolean last = feed.page().events().isEmpty();
        String id = last ? "id: " + past(feed, before).text() + "\n" : "";
        return utf8(id + "event: gap\ndata: " + json.text(Gap.of(feed, before)) + "\n\n");
    }

    private byte[] lineGap(Feed feed, Cursor before) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.writeBytes(line(new GapLine(Gap.of(feed, before))));
        if (feed.page().events().isEmpty() && before.channels().size() == 1)
            lines.writeBytes(bookmark(past(feed, before)));
        return lines.toByteArray();
    }

    private static Cursor past(Feed feed, Cursor before) {
        return before.with(feed.channel(), feed.page().last());
    }

    /** A line with the cursor. It keeps an idle stream of JSON lines alive. */
    byte[] bookmark(Cursor cursor) {
        return line(new Bookmark(cursor.text()));
    }

    /**
     * The place of a reader, as an event of its own. Browsers take an id over at an empty line only, and their polyfill only with data; to
     * other clients, each empty line is an event.
     */
    byte[] place(Cursor cursor) {
        String place = cursor.text();
        return utf8("event: " + PLACE + "\ndata: " + json.text(new Bookmark(place)) + "\nid: " + place + "\n\n");
    }

    private static byte[] sse(Event event, Cursor cursor, String channel) {
        String text = textOf(event);
        StringBuilder lines = new StringBuilder("id: ").append(cursor.text()).append('\n');
        if (cursor.channels().size() > 1)
            lines.append("channel: ").append(channel).append('\n');
        if (!event.type().isEmpty())
            lines.append("event: ").append(event.type()).append('\n');
        if (text == null) lines.append("encoding: base64\n");
        // The space after the colon is not part of the data, so data may begin with a space.
        for (String line : LINE_ENDS.split(text == null ? base64(event) : text, -1))
            lines.append("data: ").append(line).append('\n');
        return utf8(lines.append('\n').toString());
    }

    /** The data as text; null if its media type or its bytes are not text. */
    static @Nullable String textOf(Event event) {
        String type = event.contentType().toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        if (!TEXTUAL.matcher(
                        parameters < 0 ? type : type.substring(0, parameters).strip())
                .matches()) return null;
        var charset = CHARSET.matcher(type);
        if (charset.find()
                && !charset.group(1).equals("utf-8")
                && !charset.group(1).equals("us-ascii")) return null;
        try {
            return Text.of(event.data());
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String base64(Event event) {
        return Base64.getEncoder().encodeToString(event.data());
    }

    private byte[] line(Record body) {
        return utf8(json.text(body) + "\n");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
