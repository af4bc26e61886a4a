// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

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

class Http1Test {
    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    private static Http1.Head head(String text) throws IOException {
        return Http1.head(-1, in(text));
    }

    @Test
    void aHeadIsReadUpToItsBody() throws IOException {
        InputStream in = in("OST /x HTTP/1.1\r\nA: 1\r\na: 2\nEmpty:\r\n\r\nbody");

        Http1.Head head = Http1.head('P', in);

        assertEquals("POST /x HTTP/1.1", head.start());
        assertEquals(List.of("1", "2"), head.headers().allValues("A"));
        assertEquals("", head.value("empty"));
        assertEquals("body", new String(in.readAllBytes(), ISO_8859_1));
    }

    @Test
    void aLineThatIsEmptyBeforeItIsPassedOver() throws IOException {
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
    void whatIsNoHeaderIsRefused(String text) {
        assertThrows(Http1.MalformedException.class, () -> head(text));
    }

    @Test
    void aHeadThatIsCutOrTooLongIsRefused() {
        assertThrows(EOFException.class, () -> head("GET / HTTP/1.1\r\nA: 1\r\n"));
        String line = "A: " + "x".repeat(10_000) + "\r\n";
        assertThrows(Http1.MalformedException.class, () -> head("GET / HTTP/1.1\r\n" + line.repeat(105) + "\r\n"));
        assertThrows(Http1.MalformedException.class, () -> head("GET /" + "x".repeat(1_100_000) + " HTTP/1.1\r\n\r\n"));
    }

    @Test
    void aHeadMayBeAsLongAsOneIsThatTheHubTells() throws IOException {
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
    void aLengthIsAsItIsTold(String header, long length) throws IOException {
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
    void aLengthThatMayBeUnderstoodInTwoWaysIsRefused(String headers) throws IOException {
        Http1.Head head = head("POST / HTTP/1.1\r\n" + headers + "\r\n\r\n");
        assertThrows(Http1.MalformedException.class, () -> head.length(0));
    }

    @Test
    void aBodyEndsWhereItEnds() throws IOException {
        for (String text : List.of("hello", "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n")) {
            InputStream in = in(text + "NEXT");
            AtomicInteger ended = new AtomicInteger();

            InputStream body = Http1.body(in, text.equals("hello") ? 5 : Http1.UNKNOWN, ended::incrementAndGet);

            assertEquals(0, ended.get());
            assertEquals("hello", new String(body.readAllBytes(), ISO_8859_1));
            assertEquals(-1, body.read());
            assertEquals(1, ended.get());
            assertEquals("NEXT", new String(in.readAllBytes(), ISO_8859_1));
        }
    }

    @Test
    void noBodyHasEndedFromTheStart() {
        AtomicInteger ended = new AtomicInteger();
        Http1.body(in(""), 0, ended::incrementAndGet);
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
    void aBodyInChunksThatIsCutOrMalformedIsNotTakenForWhole(String text) {
        InputStream body = Http1.body(in(text), Http1.UNKNOWN, () -> {});
        assertThrows(IOException.class, body::readAllBytes);
    }

    @Test
    void aBodyThatIsCutIsNotTakenForWhole() {
        assertThrows(
                EOFException.class, () -> Http1.body(in("hel"), 5, () -> {}).readAllBytes());
    }

    @Test
    void aBodyIsWrittenInTheFormThatIsTold() throws IOException {
        assertEquals("hello", copied("hello", 5, false));
        assertEquals("hello", copied("hello, and more than was told", 5, false));
        assertEquals("5\r\nhello\r\n0\r\n\r\n", copied("hello", Http1.UNKNOWN, true));
        assertEquals("0\r\n\r\n", copied("", Http1.UNKNOWN, true));
        assertThrows(EOFException.class, () -> copied("hel", 5, false));
    }

    private static String copied(String body, long length, boolean chunked) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Http1.copy(in(body), out, length, chunked);
        return out.toString(ISO_8859_1);
    }

    @Test
    void whatConcernsOneConnectionIsNotPassedOn() throws IOException {
        Http1.Head head = head("GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Own\r\nX-Own: 1\r\nTE: trailers\r\n"
                + "Keep-Alive: 5\r\nUpgrade: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\nExpect: x\r\n"
                + "X-Other: 1\r\n\r\n");

        assertEquals(
                "[Host, X-Other]", Http1.endToEnd(head.headers()).map().keySet().toString());
        assertTrue(head.has("connection", "CLOSE"));
    }
}
