// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.core.Cursor;
import io.holdfast.channel.core.Delivery;
import io.holdfast.channel.core.Feed;
import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.channel.log.Page;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The bytes that readers get, read back by parsers that know nothing of the writer. */
class RenderingTest {
    private static final Json JSON = new Json();
    private static final Rendering RENDERING = new Rendering(JSON);
    private static final List<String> TEXTUAL = List.of(
            "text/plain",
            "text/plain;charset=utf-8",
            "TEXT/HTML; Charset=\"UTF-8\"",
            "application/json",
            "application/problem+json",
            "application/atom+xml;q=1",
            "application/x-www-form-urlencoded",
            "text/csv; charset=us-ascii");
    private static final List<String> BINARY = List.of(
            "application/octet-stream",
            "image/png",
            "text/plain;charset=iso-8859-1",
            "text/plain; charset = \"utf-16\"",
            "application/jsonx",
            "application/cbor",
            "x/text");
    private static final String[] PIECES = {
        "",
        "a",
        " ",
        "  b",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\r",
        "\n\r",
        ":",
        ": ",
        "data: x",
        "id: 1",
        "event: gap",
        "retry: 1",
        "\u0000",
        "\u0085",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ufffd",
        "é",
        "😀",
        "\"",
        "\\",
        "\\u0041",
        "</script>",
        "\u007f",
        "\t",
        "\u0001"
    };

    @AfterAll
    static void close() {
        JSON.close();
    }

    private static EventId id(Random random) {
        return new EventId(1_800_000_000_000L + random.nextInt(1_000), 1 + random.nextInt(1_000), random.nextInt());
    }

    private static Event event(Random random, EventId id) {
        String type = random.nextBoolean()
                ? ""
                : new String[] {"created", " two words", "é:", "message", "data: 1"}[random.nextInt(5)];
        boolean textual = random.nextInt(3) > 0;
        String contentType =
                textual ? TEXTUAL.get(random.nextInt(TEXTUAL.size())) : BINARY.get(random.nextInt(BINARY.size()));
        return new Event(id, null, 1_800_000_000_123L + random.nextInt(1_000_000), type, contentType, data(random));
    }

    private static byte[] data(Random random) {
        if (random.nextInt(4) == 0) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return bytes;
        }
        StringBuilder text = new StringBuilder();
        for (int pieces = random.nextInt(8); pieces > 0; pieces--) text.append(PIECES[random.nextInt(PIECES.length)]);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isText(Event event) {
        byte[] again = new String(event.data(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        return TEXTUAL.contains(event.contentType()) && Arrays.equals(again, event.data());
    }

    /** A delivery for a reader of some channels, and where that reader was. */
    private record Given(Delivery delivery, Cursor before) {

        static Given any(Random random) {
            int count = random.nextBoolean() ? 1 : 2 + random.nextInt(3);
            List<String> channels = new ArrayList<>();
            for (int i = 0; i < count; i++) channels.add("channel-" + i);
            Cursor
                    before =
                            new Cursor(
                                    List.copyOf(channels),
                                    channels.stream().map(c -> id(random)).toList()),
                    after = before;
            List<Feed> feeds = new ArrayList<>();
            for (String channel : channels) {
                if (count > 1 && random.nextInt(3) == 0) continue;
                List<Event> events = new ArrayList<>();
                boolean gap = random.nextInt(3) == 0;
                EventId last = before.at(channel);
                for (int i = gap ? random.nextInt(4) : 1 + random.nextInt(4); i > 0; i--) {
                    last = last.plus(1);
                    events.add(event(random, last));
                }
                EventId oldest = gap && !events.isEmpty() ? events.get(0).id() : null;
                if (gap && events.isEmpty()) last = id(random);
                feeds.add(new Feed(channel, new Page(events, last, gap, oldest, 0)));
                after = after.with(channel, last);
            }
            return new Given(new Delivery(feeds, after), before);
        }

        boolean isOfOne() {
            return before.channels().size() == 1;
        }
    }

    private static List<SseParser.Message> parsed(byte[] bytes, Random random, SseParser parser) {
        int from = 0;
        while (from < bytes.length) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 3 : 1_000));
            parser.feed(bytes, from, to);
            from = to;
        }
        assertTrue(parser.isBetweenEvents());
        return parser.messages();
    }

    private static String lines(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }

    @Test
    void anEventSourceIsGivenTypeAndIdAndDataOfEveryEventHoweverItsBytesArrive() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Given given = Given.any(random);
            String where = "seed " + seed;

            SseParser parser = new SseParser();
            List<SseParser.Message> messages = parsed(RENDERING.sse(given.delivery, given.before), random, parser);

            int next = 0;
            Cursor cursor = given.before;
            for (Feed feed : given.delivery.feeds()) {
                Page page = feed.page();
                if (page.gap()) {
                    SseParser.Message gap = messages.get(next++);
                    assertEquals("gap", gap.type(), where);
                    checkGap(object(gap.data()), feed, cursor, given.isOfOne());
                    if (page.events().isEmpty())
                        assertEquals(cursor.with(feed.channel(), page.last()).text(), gap.lastEventId(), where);
                }
                for (Event event : page.events()) {
                    SseParser.Message message = messages.get(next++);
                    assertEquals(event.type().isEmpty() ? "message" : event.type(), message.type(), where);
                    Cursor there = cursor.with(feed.channel(), event.id());
                    assertEquals(there, Cursor.parse(there.channels(), "after", message.lastEventId()), where);
                    List<String> others = new ArrayList<>();
                    if (!given.isOfOne()) others.add("channel=" + feed.channel());
                    if (isText(event))
                        assertEquals(lines(new String(event.data(), StandardCharsets.UTF_8)), message.data(), where);
                    else {
                        others.add("encoding=base64");
                        assertArrayEquals(event.data(), Base64.getDecoder().decode(message.data()), where);
                    }
                    assertEquals(others, message.unknownFields(), where);
                }
                cursor = cursor.with(feed.channel(), page.last());
            }
            assertEquals(next, messages.size(), where);
            if (!given.delivery.feeds().isEmpty())
                assertEquals(given.delivery.cursor().text(), parser.lastEventId(), where);
        }
    }

    private static void checkGap(Map<String, Object> gap, Feed feed, Cursor before, boolean one) {
        EventId oldest = feed.page().oldest();
        Map<String, Object> expected = new LinkedHashMap<>();
        if (!one) expected.put("channel", feed.channel());
        expected.put("after", before.text());
        expected.put("oldest", oldest == null ? null : oldest.text(feed.channel()));
        assertEquals(expected, gap);
    }

    @Test
    void theEnvelopeIsJsonThatHasEveryEventAsItIs() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Given given = Given.any(random);
            String where = "seed " + seed;

            OwnResponse answer = RENDERING.envelope(given.delivery, given.before);
            Map<String, Object> envelope = object(new String(answer.body(), StandardCharsets.UTF_8));

            assertEquals(given.delivery.cursor().text(), envelope.get("last"), where);
            assertEquals(
                    "\"" + envelope.get("last") + "\"",
                    answer.headers().first("ETag").orElseThrow(),
                    where);
            List<?> events = (List<?>) envelope.get("events");
            List<Object> gaps = new ArrayList<>();
            if (envelope.get("gaps") instanceof List<?> several) gaps.addAll(several);
            else if (envelope.containsKey("gap")) gaps.add(envelope.get("gap"));
            int next = 0, gap = 0;
            for (Feed feed : given.delivery.feeds()) {
                if (feed.page().gap()) checkGap(members(gaps.get(gap++)), feed, given.before, given.isOfOne());
                for (Event event : feed.page().events()) checkEvent(members(events.get(next++)), feed, event, where);
            }
            assertEquals(next, events.size(), where);
            assertEquals(gap, gaps.size(), where);
            assertEquals(gaps.isEmpty() ? null : gaps.get(0), envelope.get("gap"), where);
            assertEquals(gaps.size() > 1, envelope.containsKey("gaps"), where);
        }
    }

    private static void checkEvent(Map<String, Object> found, Feed feed, Event event, String where) {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("id", event.id().text(feed.channel()));
        expected.put("channel", feed.channel());
        if (!event.type().isEmpty()) expected.put("type", event.type());
        expected.put("contentType", event.contentType());
        if (isText(event)) expected.put("data", new String(event.data(), StandardCharsets.UTF_8));
        else {
            expected.put("data", Base64.getEncoder().encodeToString(event.data()));
            expected.put("encoding", "base64");
        }
        Object time = found.remove("time");
        assertEquals(expected, found, where);
        assertEquals(event.time(), Instant.parse(String.valueOf(time)).toEpochMilli(), where);
    }

    @Test
    void eachLineIsOneJsonObject() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Given given = Given.any(random);
            String where = "seed " + seed;

            String text = new String(RENDERING.lines(given.delivery, given.before), StandardCharsets.UTF_8);

            assertTrue(text.isEmpty() || text.endsWith("\n"), where);
            List<Map<String, Object>> lines = new ArrayList<>();
            // Readers differ in line ends: JSON text has none of the characters that any reader takes for one.
            for (String line : text.lines().toList()) {
                assertFalse(line.contains("\r"), where);
                lines.add(object(line));
            }
            int next = 0;
            Cursor cursor = given.before;
            boolean bookmark = !given.isOfOne();
            for (Feed feed : given.delivery.feeds()) {
                if (feed.page().gap()) checkGap(members(lines.get(next++).get("gap")), feed, cursor, given.isOfOne());
                bookmark |= feed.page().events().isEmpty();
                for (Event event : feed.page().events()) checkEvent(lines.get(next++), feed, event, where);
                cursor = cursor.with(feed.channel(), feed.page().last());
            }
            if (bookmark) assertEquals(Map.of("last", cursor.text()), lines.get(next++), where);
            assertEquals(next, lines.size(), where);
        }
    }

    private static Event event(String contentType, byte[] data) {
        return new Event(new EventId(1_800_000_000_000L, 1, 1), null, 0, "", contentType, data);
    }

    private static List<SseParser.Message> streamed(Event... events) {
        Page page = Page.of(List.of(events), events[events.length - 1].id());
        Cursor before = Cursor.earliest(List.of("c"));
        Delivery delivery = new Delivery(List.of(new Feed("c", page)), before.with("c", page.last()));
        return parsed(RENDERING.sse(delivery, before), new Random(1), new SseParser());
    }

    @Test
    void anEventWithoutDataIsDispatchedAndLeadingSpacesAndBordersAreKept() {
        for (String data :
                List.of("", " ", "  x", "\n", "\n\n", "x\n", "\nx", "\ufeffx", "a\u0000b", ":x", "\u2028", "\u0085"))
            assertEquals(
                    data,
                    streamed(event("text/plain", data.getBytes(StandardCharsets.UTF_8)))
                            .get(0)
                            .data());
        assertEquals(
                "\n\n\n",
                streamed(event("text/plain", "\r\n\r\n\r".getBytes(StandardCharsets.UTF_8)))
                        .get(0)
                        .data());
    }

    @Test
    void aVeryLongLineIsOneLine() {
        String data = "x".repeat(2_000_000) + "\n" + "y".repeat(1_000_000);
        assertEquals(
                data,
                streamed(event("text/plain", data.getBytes(StandardCharsets.UTF_8)))
                        .get(0)
                        .data());
    }

    @Test
    void dataIsTextOnlyWhereMediaTypeAndCharsetAndBytesAre() {
        byte[] text = "é".getBytes(StandardCharsets.UTF_8), latin = "é".getBytes(StandardCharsets.ISO_8859_1);
        for (String type : TEXTUAL) {
            assertEquals("é", Rendering.textOf(event(type, text)), type);
            assertNull(Rendering.textOf(event(type, latin)), type);
        }
        for (String type : BINARY) assertNull(Rendering.textOf(event(type, text)), type);
        for (byte[] bytes : List.of(
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xe2, (byte) 0x82})) assertNull(Rendering.textOf(event("text/plain", bytes)));
    }

    @Test
    void aRenumberedEventNamesItsFirstId() {
        EventId first = new EventId(5, 6, 7), now = new EventId(8, 9, 10);
        Event event = event("text/plain", new byte[0])
                .renumbered(first, EventId.EARLIEST)
                .renumbered(now, EventId.EARLIEST);
        Page page = Page.of(List.of(event), now);
        Cursor before = Cursor.earliest(List.of("c"));

        byte[] line = RENDERING.lines(new Delivery(List.of(new Feed("c", page)), before.with("c", now)), before);

        Map<String, Object> found = object(new String(line, StandardCharsets.UTF_8));
        assertEquals(now.text("c"), found.get("id"));
        assertEquals(event.first().text("c"), found.get("was"));
    }

    @Test
    void readersOfOnePageShareItsBytes() {
        Page page = Page.of(List.of(event("text/plain", new byte[10])), new EventId(1_800_000_000_000L, 1, 1));
        Cursor before = Cursor.earliest(List.of("c"));
        Delivery delivery = new Delivery(List.of(new Feed("c", page)), before.with("c", page.last()));

        assertSame(RENDERING.sse(delivery, before), RENDERING.sse(delivery, before));
        assertSame(RENDERING.lines(delivery, before), RENDERING.lines(delivery, before));
        assertSame(
                RENDERING.envelope(delivery, before).body(),
                RENDERING.envelope(delivery, before).body());
    }

    @SuppressWarnings("unchecked") // what a JSON object is to the parser
    private static Map<String, Object> members(@Nullable Object value) {
        return (Map<String, Object>) value;
    }

    private static Map<String, Object> object(String text) {
        return members(new JsonReader(text).whole());
    }

    @Test
    void bodiesHaveTheirMembersInThisOrder() {
        assertEquals(
                "{\"events\":[{\"id\":\"i\",\"channel\":\"c\",\"time\":\"t\",\"contentType\":\"m\",\"data\":\"d\"},"
                        + "{\"id\":\"i\",\"was\":\"w\",\"channel\":\"c\",\"type\":\"y\",\"time\":\"t\",\"contentType\":\"m\","
                        + "\"data\":\"d\",\"encoding\":\"base64\"}],\"last\":\"l\"}",
                JSON.text(new Rendering.Envelope(
                        List.of(
                                new Rendering.EventBody("i", null, "c", null, "t", "m", "d", null),
                                new Rendering.EventBody("i", "w", "c", "y", "t", "m", "d", "base64")),
                        "l",
                        null,
                        null)));
        Rendering.Gap one = new Rendering.Gap(null, "a", null), two = new Rendering.Gap("c", "a", "o");
        assertEquals(
                "{\"events\":[],\"last\":\"l\",\"gap\":{\"after\":\"a\",\"oldest\":null},"
                        + "\"gaps\":[{\"after\":\"a\",\"oldest\":null},{\"channel\":\"c\",\"after\":\"a\",\"oldest\":\"o\"}]}",
                JSON.text(new Rendering.Envelope(List.of(), "l", one, List.of(one, two))));
        assertEquals(
                "{\"gap\":{\"channel\":\"c\",\"after\":\"a\",\"oldest\":\"o\"}}",
                JSON.text(new Rendering.GapLine(two)));
        assertEquals("{\"last\":\"l\"}", JSON.text(new Rendering.Bookmark("l")));
        assertEquals(
                "{\"id\":\"i\",\"receipt\":{\"committed\":true,\"backups\":1}}",
                JSON.text(new ChannelResource.PublishedBody(
                        "i", null, new ChannelResource.ReceiptBody(true, 1, null, null))));
        assertEquals(
                "{\"ids\":[\"i\",\"j\"],\"receipt\":{\"committed\":true,\"backups\":0,\"released\":{\"m\":2},\"unknown\":[]}}",
                JSON.text(new ChannelResource.PublishedBody(
                        null, List.of("i", "j"), new ChannelResource.ReceiptBody(true, 0, Map.of("m", 2L), Set.of()))));
        assertEquals(
                "{\"name\":\"c\",\"first\":null,\"last\":null,\"events\":0,\"bytes\":0,\"waiters\":{\"m\":2},\"unknown\":[\"n\"]}",
                JSON.text(new ChannelResource.Description("c", null, null, 0, 0, Map.of("m", 2L), Set.of("n"))));
    }
}
