// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.channel.SseParser.Block;
import io.holdfast.client.http.TooLongException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
    private static final int LIMIT = 1 << 20;

    private static List<Block> parse(String text) throws TooLongException {
        return new SseParser(LIMIT).feed(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static List<String> data(String text) throws TooLongException {
        return parse(text).stream().map(Block::data).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void aBlockHasItsFields(String end) throws TooLongException {
        String text =
                "id: 7\nevent: created\ndata: one\ndata: two\nencoding: base64\nchannel: orders\n\n".replace("\n", end);

        assertEquals(List.of(new Block("7", true, "created", "one\ntwo", "base64", "orders")), parse(text));
    }

    @Test
    void theExamplesOfTheStandardAreParsed() throws TooLongException {
        assertEquals(List.of("YHOO\n+2\n10"), data("data: YHOO\ndata: +2\ndata: 10\n\n"));
        assertEquals(
                List.of(
                        new Block("1", true, "", "first event", "", ""),
                        new Block("", true, "", "second event", "", ""),
                        new Block("", false, "", " third event", "", "")),
                parse(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"));
        // No empty line ends the last one.
        assertEquals(List.of("", "\n"), data("data\n\ndata\ndata\n\ndata:"));
        assertEquals(List.of("test", "test"), data("data:test\n\ndata: test\n\n"));
    }

    @Test
    void anIdLastsUntilTheNext() throws TooLongException {
        assertEquals(
                List.of(new Block("1", true, "", "a", "", ""), new Block("1", false, "", "b", "", "")),
                parse("id: 1\ndata: a\n\ndata: b\n\n"));
    }

    @Test
    void anIdWithoutDataMovesTheCursorWithoutAnEvent() throws TooLongException {
        assertEquals(List.of(new Block("9", true, "x", null, "", "")), parse("id: 9\nevent: x\n\n"));
    }

    @Test
    void anIdWithNulIsIgnored() throws TooLongException {
        assertEquals(List.of(new Block("1", true, "", "a", "", "")), parse("id: 1\nid: 2\0\ndata: a\n\n"));
        assertEquals(List.of(new Block("", false, "", "a", "", "")), parse("id: \0\ndata: a\n\n"));
    }

    @Test
    void typeAndEncodingEndWithTheirBlock() throws TooLongException {
        assertEquals(
                List.of(new Block("", false, "", "a", "", "")), parse("event: x\nencoding: base64\n\ndata: a\n\n"));
    }

    @Test
    void namesOfFieldsAreExact() throws TooLongException {
        assertEquals(List.of(), parse("Data: a\n data: b\ndata : c\nfoo: d\nfoo\n\n"));
    }

    @Test
    void onlyOneByteOrderMarkAtTheBeginningIsSkipped() throws TooLongException {
        assertEquals(List.of("a"), data("\ufeffdata: a\n\n"));
        assertEquals(List.of(), data("\ufeff\ufeffdata: a\n\n"));
        assertEquals(List.of(), data("\n\ufeffdata: a\n\n"));
    }

    @Test
    void anIncompleteByteOrderMarkIsText() throws TooLongException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) 0xef, (byte) 0xbb});
        bytes.writeBytes("\ndata: a\n\n".getBytes(UTF_8));

        assertEquals(
                "a",
                new SseParser(LIMIT)
                        .feed(ByteBuffer.wrap(bytes.toByteArray()))
                        .get(0)
                        .data());
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry: 12a", "retry: -1", "retry: +1", "retry:  1", "retry: ", "retry", "retry: \u0661"})
    void aRetryThatIsNotAllDigitsIsIgnored(String line) throws TooLongException {
        SseParser parser = new SseParser(LIMIT);
        parser.feed(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));

        assertNull(parser.retry());
    }

    @Test
    void aRetryHasEffectFromItsLineOn() throws TooLongException {
        SseParser parser = new SseParser(LIMIT);
        parser.feed(ByteBuffer.wrap("retry: 02150\n".getBytes(UTF_8)));
        assertEquals(Duration.ofMillis(2150), parser.retry());
        assertFalse(parser.isAlive());

        parser.feed(ByteBuffer.wrap(("retry: " + "9".repeat(40) + "\n").getBytes(UTF_8)));
        assertEquals(Duration.ofMillis(Integer.MAX_VALUE), parser.retry());
    }

    @Test
    void aCommentIsASignOfLife() throws TooLongException {
        SseParser parser = new SseParser(LIMIT);
        assertEquals(List.of(), parser.feed(ByteBuffer.wrap(":\n".getBytes(UTF_8))));
        assertTrue(parser.isAlive());
    }

    @Test
    void bytesThatAreNotTextAreReplaced() throws TooLongException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("data: a".getBytes(UTF_8));
        bytes.write(0xff);
        bytes.writeBytes("b\n\n".getBytes(UTF_8));

        assertEquals(
                "a\ufffdb",
                new SseParser(LIMIT)
                        .feed(ByteBuffer.wrap(bytes.toByteArray()))
                        .get(0)
                        .data());
    }

    @Test
    void aLineThatIsTooLongIsAnError() throws TooLongException {
        SseParser parser = new SseParser(16);
        parser.feed(ByteBuffer.wrap(":123456789012345\n".getBytes(UTF_8)));

        TooLongException error = assertThrows(
                TooLongException.class, () -> parser.feed(ByteBuffer.wrap(":1234567890123456".getBytes(UTF_8))));
        assertEquals("A line of the stream is longer than the 16 bytes this client takes.", error.getMessage());
    }

    @Test
    void anEventOfManyLinesThatIsTooLongIsAnError() throws TooLongException {
        SseParser parser = new SseParser(20);
        parser.feed(ByteBuffer.wrap("data:12345\ndata:12345\n\n".getBytes(UTF_8)));
        parser.feed(ByteBuffer.wrap("data:12345\ndata:12345\n".getBytes(UTF_8)));

        TooLongException error =
                assertThrows(TooLongException.class, () -> parser.feed(ByteBuffer.wrap("data\n".getBytes(UTF_8))));
        assertEquals("An event of the stream is longer than the 20 bytes this client takes.", error.getMessage());
    }

    /** Compares random streams, cut anywhere, with a reader that follows the standard word by word on the whole text. */
    @Test
    void noCutChangesWhatIsRead() throws TooLongException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int blocks = 0;
        for (int round = 0; round < 20_000; round++) {
            String text = randomStream(random);
            List<Block> expected = asTheStandardSays(text);
            blocks += expected.size();
            assertEquals(expected, inPieces(text.getBytes(UTF_8), random), () -> "seed " + seed + ": " + text);
        }
        assertTrue(blocks > 10_000, "too few blocks: " + blocks);
    }

    private static final String[] PIECES = {
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\r\r",
        "\r\n\r\n",
        "data: x",
        "data:y",
        "data",
        "data:",
        "data:  z",
        "id: 1",
        "id:2",
        "id",
        "id: 3\0",
        "event: e",
        "event",
        "encoding: base64",
        "channel: c",
        ": comment",
        ":",
        "retry: 5",
        "retry: x",
        "\ufeff",
        "é",
        "漢",
        "😀",
        "other: 1",
        " ",
        "\0"
    };

    private static String randomStream(Random random) {
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "\ufeff" : "");
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
            if (random.nextInt(3) > 0) text.append(PIECES[random.nextInt(6)]);
        }
        return text.toString();
    }

    private static List<Block> inPieces(byte[] bytes, Random random) throws TooLongException {
        SseParser parser = new SseParser(LIMIT);
        List<Block> blocks = new ArrayList<>();
        int most = 1 + random.nextInt(12);
        for (int at = 0; at < bytes.length; ) {
            int size = Math.min(bytes.length - at, random.nextInt(most + 1));
            blocks.addAll(parser.feed(ByteBuffer.wrap(bytes, at, size)));
            at += size;
        }
        return blocks;
    }

    private static List<Block> asTheStandardSays(String stream) {
        String text = stream.startsWith("\ufeff") ? stream.substring(1) : stream;
        List<String> lines = new ArrayList<>(List.of(text.split("\r\n|\n|\r", -1)));
        // Splitting leaves at the end a line, perhaps an empty one, that has no line end; the standard drops it.
        lines.remove(lines.size() - 1);
        List<Block> blocks = new ArrayList<>();
        String id = "", type = "", data = "", encoding = "", channel = "";
        boolean own = false;
        for (String line : lines) {
            if (line.isEmpty()) {
                String shown = data.isEmpty() ? null : data.substring(0, data.length() - 1);
                if (own || shown != null) blocks.add(new Block(id, own, type, shown, encoding, channel));
                own = false;
                type = data = encoding = channel = "";
                continue;
            }
            String[] parts = line.split(":", 2);
            String value = parts.length == 2 ? parts[1].replaceFirst("^ ", "") : "";
            if (parts[0].equals("data")) data += value + "\n";
            if (parts[0].equals("event")) type = value;
            if (parts[0].equals("encoding")) encoding = value;
            if (parts[0].equals("channel")) channel = value;
            if (parts[0].equals("id") && !value.contains("\0")) {
                id = value;
                own = true;
            }
        }
        return blocks;
    }
}
