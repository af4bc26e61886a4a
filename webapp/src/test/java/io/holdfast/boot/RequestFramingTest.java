// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests end, in whatever pieces they come. */
class RequestFramingTest {
    private static final String CHUNKED = "POST /x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** The requests that end in these bytes, as the server gets them, the targets that it does not get, and the fault. */
    private record Followed(List<String> requests, List<String> targets, String begun, Problem fault) {}

    private static Followed follow(String text, int piece) {
        RequestFraming framing = new RequestFraming();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        List<String> requests = new ArrayList<>(), targets = new ArrayList<>();
        StringBuilder begun = new StringBuilder();
        int at = 0;
        while (at < bytes.length && framing.fault() == null) {
            int end = Math.min(bytes.length, at + piece);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            at += framing.blanks(buffer, at, end);
            int after = framing.follow(buffer, at, end);
            begun.append(new String(bytes, at, after - at, StandardCharsets.ISO_8859_1));
            if (framing.isBetween() && after > at) {
                requests.add(begun.toString());
                targets.add(String.valueOf(framing.takeTarget()));
                begun.setLength(0);
            }
            at = after;
        }
        return new Followed(requests, targets, begun.toString(), framing.fault());
    }

    /** The same in pieces of every size. */
    private static Followed follow(String text) {
        Followed whole = follow(text, text.length());
        for (int piece = 1; piece < text.length(); piece++) {
            Followed same = follow(text, piece);
            assertEquals(whole.requests, same.requests, () -> "the requests of " + text);
            assertEquals(whole.targets, same.targets);
            assertEquals(String.valueOf(whole.fault), String.valueOf(same.fault));
        }
        return whole;
    }

    private static void assertOne(String request) {
        Followed followed = follow(request);
        assertNull(followed.fault, () -> String.valueOf(followed.fault));
        assertEquals(List.of(request), followed.requests);
        assertEquals("", followed.begun);
    }

    private static Problem faultOf(String text) {
        Followed followed = follow(text);
        assertEquals(List.of(), followed.requests);
        assertTrue(followed.fault != null, () -> "no fault in " + text);
        assertEquals(400, followed.fault.status());
        return followed.fault;
    }

    @Test
    void aRequestEndsWithItsHeadItsLengthOrItsLastChunk() {
        assertOne("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        assertOne("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
        assertOne("POST / HTTP/1.1\r\ncontent-length:0\r\n\r\n");
        assertOne("POST / HTTP/1.0\r\nContent-Length: \t 2 \r\nX: y\r\n\r\nab");
        assertOne(CHUNKED + "0\r\n\r\n");
        assertOne(CHUNKED + "5\r\nhello\r\n00A \t;a=b;c=\"d e\"\r\n0123456789\r\n0;last\r\n\r\n");
        assertOne(CHUNKED + "1\r\nx\r\n0\r\nX-Sum: 1 2\r\nY:\r\n\r\n");
        assertOne("POST / HTTP/1.1\r\ntransfer-encoding:Chunked\r\n\r\nb\r\n0\r\n\r\n6789ab\r\n0\r\n\r\n");
    }

    @Test
    void pipelinedRequestsAreSeparated() {
        String first = CHUNKED + "1\r\nx\r\n0\r\n\r\n", second = "GET /y HTTP/1.1\r\n\r\n";

        Followed followed = follow(first + "\r\n\n" + second + second);

        assertEquals(List.of(first, second, second), followed.requests);
    }

    @Test
    void linesWithoutEndBeforeARequestAreNotLeftOut() {
        assertEquals(84, follow("\r\n".repeat(50)).begun.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n",
                "-1\r\n",
                "\r\n",
                "GET /x HTTP/1.1\r\n",
                " 5\r\nhello",
                "0x5\r\nhello",
                "1234567890123456\r\n",
                "5 x\r\nhello",
                "5\nhello",
                "5\rhello",
                "5\r\nhelloSPILLED\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello\r\nZZ\r\n\r\n",
                "5\r\nhello\r\n\r\n",
                "5;a\nhello",
                "5;a\u0001\r\nhello",
                "0\r\nno colon\r\n\r\n",
                "0\r\n: x\r\n\r\n",
                "0\r\nA: b\nC: d\r\n\r\n",
                "0\r\n\n",
                "0\r\n\rx",
                "+5\r\nhello",
                "\u00b2\r\nhi"
            })
    void malformedChunksAreAFault(String chunks) {
        Problem fault = faultOf(CHUNKED + chunks);

        assertEquals("body", fault.members().get("field"));
    }

    @Test
    void aFaultShowsTheSizeThatIsNone() {
        assertEquals("z", faultOf(CHUNKED + "zz\r\n").members().get("value"));
        assertEquals("5x", faultOf(CHUNKED + "5x\r\n").members().get("value"));
    }

    @ParameterizedTest
    @CsvSource({
        "Transfer-Encoding: xchunked, Transfer-Encoding",
        "'Transfer-Encoding: chunked, identity', Transfer-Encoding",
        "'Transfer-Encoding: gzip, chunked', Transfer-Encoding",
        "Transfer-Encoding: identity, Transfer-Encoding",
        "Transfer-Encoding:, Transfer-Encoding",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked, Transfer-Encoding",
        "Transfer-Encoding: chunked|Content-Length: 5, Transfer-Encoding",
        "Content-Length: 5|Transfer-Encoding: chunked, Transfer-Encoding",
        "Content-Length: 5|Content-Length: 5, Content-Length",
        "'Content-Length: 5, 5', Content-Length",
        "Content-Length: +5, Content-Length",
        "Content-Length: -5, Content-Length",
        "Content-Length: 0x5, Content-Length",
        "Content-Length:, Content-Length",
        "Content-Length: 1234567890123456789, Content-Length"
    })
    void anAmbiguousBodyLengthIsRefused(String header, String field) {
        assertEquals(
                field,
                faultOf("POST / HTTP/1.1\r\n" + header.replace("|", "\r\n") + "\r\n\r\n")
                        .members()
                        .get("field"));
    }

    @Test
    void chunksAreForHttp11() {
        faultOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '\'',
            value = {
                "/x? /x?",
                "/x??a=1 /x??a=1",
                "/x?f={\"a\":1} /x?f=__a_:1_",
                "/{id}|^`\\<> /_id_______",
                "/%7B?a=[1]&b=%7B&%=%zz /%7B?a=[1]&b=_7B&_=_zz",
                "/\u00c3\u00a4?\u00c3 /__?_"
            })
    void anUnusualTargetIsKeptAsItWasSent(String sent, String given) {
        Followed followed = follow("GET " + sent + " HTTP/1.1\r\n\r\n");

        assertEquals(List.of(sent), followed.targets);
        assertEquals(List.of("GET " + given + " HTTP/1.1\r\n\r\n"), followed.requests);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/x?a=1?", "/x?a=[1]&b=7B", "/%7B;%41=%7b/x?a", "*", "http://h/x", "/a;b=c/d"})
    void aUsualTargetIsNotKept(String sent) {
        assertEquals(List.of("null"), follow("GET " + sent + " HTTP/1.1\r\n\r\n").targets);
    }
}
