// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    private static MessageHead head(String text) throws IOException {
        return MessageHead.read(in(text));
    }

    @Test
    void aHeadIsReadUpToItsBody() throws IOException {
        InputStream in = in("OST /x HTTP/1.1\r\nA: 1\r\na: 2\nEmpty:\r\n\r\nbody");

        MessageHead head = MessageHead.read('P', in);

        assertEquals("POST /x HTTP/1.1", head.start());
        assertEquals(List.of("1", "2"), head.headers().allValues("A"));
        assertEquals("", head.value("empty"));
        assertEquals("body", new String(in.readAllBytes(), ISO_8859_1));
    }

    @Test
    void emptyLinesBeforeAHeadAreIgnored() throws IOException {
        assertEquals("GET / HTTP/1.1", head("\r\n\r\nGET / HTTP/1.1\r\n\r\n").start());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nno header\r\n\r\n",
                "GET / HTTP/1.1\r\nname : value\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\n: value\r\n\r\n",
                "GET / HTTP/1.1\r\nA: \u0000\r\n\r\n",
                "GET / HTTP/1.1\r\nA: 1\rB: 2\r\n\r\n"
            })
    void aMalformedHeaderIsRefused(String text) {
        assertThrows(MalformedMessageException.class, () -> head(text));
    }

    @Test
    void aHeadThatIsCutOrTooLongIsRefused() {
        assertThrows(EOFException.class, () -> head("GET / HTTP/1.1\r\nA: 1\r\n"));
        String line = "A: " + "x".repeat(10_000) + "\r\n";
        assertThrows(MalformedMessageException.class, () -> head("GET / HTTP/1.1\r\n" + line.repeat(105) + "\r\n"));
        assertThrows(
                MalformedMessageException.class, () -> head("GET /" + "x".repeat(1_100_000) + " HTTP/1.1\r\n\r\n"));
    }

    @Test
    void aHeadMayBeAsLongAsTheHubAllows() throws IOException {
        String path = "/" + "x".repeat(900_000);
        assertEquals(
                "GET " + path + " HTTP/1.1",
                head("GET " + path + " HTTP/1.1\r\nA: 1\r\n\r\n").start());
    }

    @ParameterizedTest
    @CsvSource({
        "'', 7",
        "'Content-Length: 0', 0",
        "'Content-Length: 12', 12",
        "'Transfer-Encoding: chunked', -1",
        "'Transfer-Encoding: Chunked', -1"
    })
    void aLengthComesFromTheHead(String header, long length) throws IOException {
        String line = header.isEmpty() ? "" : header + "\r\n";
        assertEquals(length, head("GET / HTTP/1.1\r\n" + line + "\r\n").length(7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1",
                "Content-Length: 1x",
                "Content-Length: ",
                "Content-Length: 1\r\nContent-Length: 2",
                "Content-Length: 1\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
            })
    void aLengthWithTwoReadingsIsRefused(String headers) throws IOException {
        MessageHead head = head("POST / HTTP/1.1\r\n" + headers + "\r\n\r\n");
        assertThrows(MalformedMessageException.class, () -> head.length(0));
    }

    @Test
    void aBodyEndsBeforeTheNextMessage() throws IOException {
        for (String text : List.of("hello", "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n")) {
            InputStream in = in(text + "NEXT");
            AtomicInteger ended = new AtomicInteger();

            InputStream body =
                    MessageBody.read(in, text.equals("hello") ? 5 : MessageBody.UNKNOWN, ended::incrementAndGet);

            assertEquals(0, ended.get());
            assertEquals("hello", new String(body.readAllBytes(), ISO_8859_1));
            assertEquals(-1, body.read());
            assertEquals(1, ended.get());
            assertEquals("NEXT", new String(in.readAllBytes(), ISO_8859_1));
        }
    }

    @Test
    void anEmptyBodyEndsAtOnce() {
        AtomicInteger ended = new AtomicInteger();
        MessageBody.read(in(""), 0, ended::incrementAndGet);
        assertEquals(1, ended.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5\r\nhel",
                "5\r\nhello",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "x\r\n",
                "-1\r\n",
                "5\r\nhello\r\n0\r\n"
            })
    void aBodyInChunksThatIsCutOrMalformedIsNotTakenForTheWhole(String text) {
        InputStream body = MessageBody.read(in(text), MessageBody.UNKNOWN, () -> {});
        assertThrows(IOException.class, body::readAllBytes);
    }

    @Test
    void aBodyThatIsCutIsNotTakenForTheWhole() {
        assertThrows(EOFException.class, () -> MessageBody.read(in("hel"), 5, () -> {})
                .readAllBytes());
    }

    @Test
    void aBodyIsWrittenWithALengthOrInChunks() throws IOException {
        assertEquals("hello", copied("hello", 5, false));
        assertEquals("hello", copied("hello, and more than announced", 5, false));
        assertEquals("5\r\nhello\r\n0\r\n\r\n", copied("hello", MessageBody.UNKNOWN, true));
        assertEquals("0\r\n\r\n", copied("", MessageBody.UNKNOWN, true));
        assertThrows(EOFException.class, () -> copied("hel", 5, false));
    }

    private static String copied(String body, long length, boolean chunked) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageBody.copy(in(body), out, length, chunked);
        return out.toString(ISO_8859_1);
    }

    @Test
    void fieldsOfOneConnectionAreNotPassedOn() throws IOException {
        MessageHead head = head("GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Own\r\nX-Own: 1\r\nTE: trailers\r\n"
                + "Keep-Alive: 5\r\nUpgrade: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\nExpect: x\r\n"
                + "X-Other: 1\r\n\r\n");

        assertEquals(
                "[Host, X-Other]",
                Fields.endToEnd(head.headers()).map().keySet().toString());
        assertTrue(head.contains("connection", "CLOSE"));
    }
}
