// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bytes that go through a work queue on a server. Each instance has a queue of its own. */
final class OfBytes {
    private static final String LAST_CHUNK = "0\r\n\r\n";

    private final URI server;
    private final String queue = "bytes-" + UUID.randomUUID();

    OfBytes(URI server) {
        this.server = server;
    }

    private Line send(String method, String path, String headers) throws IOException {
        return sendAs("HTTP/1.1", method, path, "Connection: close\r\n" + headers);
    }

    private Line sendAs(String version, String method, String path, String headers) throws IOException {
        return Line.to(server.getPort())
                .send(method + " " + server.getPath() + path + " " + version + "\r\nHost: localhost\r\n" + headers
                        + "\r\n");
    }

    private String all(String method, String path, String headers, String body) throws IOException {
        try (Line line = send(method, path, headers).send(body)) {
            return line.readAll();
        }
    }

    /** Takes the next request, and returns the path for its response. */
    private String take() {
        Response given = Shipped.http(server).get("/workers/" + queue + "/next?wait=30");
        assertEquals(200, given.status(), given.toString());
        String location = given.header("Location"), token = given.header("Work-Token");
        return location.substring(location.indexOf("workers/")) + "/response?token=" + token;
    }

    /** Asks, and reads the beginning of an answer whose worker then ends it, or breaks off. */
    private Line begun(String version, String headers, boolean whole) throws IOException {
        Line asking = sendAs(version, "GET", "work/" + queue + "/", headers);
        try (Line worker = send("POST", take(), "Transfer-Encoding: chunked\r\n")) {
            worker.send("5\r\nhello\r\n");
            String begun = asking.readTo("hello").toLowerCase(Locale.ROOT);
            assertEquals(version.equals("HTTP/1.1"), begun.contains("transfer-encoding: chunked"), begun);
            if (whole) worker.send(LAST_CHUNK).readAll();
        }
        return asking;
    }

    @Test
    public void anAnswerThatBreaksOffDoesNotLookWhole() throws IOException {
        for (String headers : List.of("Connection: close\r\n", "")) {
            try (Line asking = begun("HTTP/1.1", headers, false)) {
                String rest = asking.readAll();
                assertFalse(rest.endsWith(LAST_CHUNK), headers + rest);
            }
        }
    }

    @Test
    public void anAnswerThatEndsLooksWhole() throws IOException {
        for (String headers : List.of("Connection: close\r\n", "")) {
            try (Line asking = begun("HTTP/1.1", headers, true)) {
                asking.readTo(LAST_CHUNK);
            }
        }
    }

    /** Such a client takes any end of the connection for the end of the answer, unless the connection is reset. */
    @Test
    public void anAnswerThatBreaksOffIsResetWithHttp10() throws IOException {
        for (String headers : List.of("", "Connection: keep-alive\r\n")) {
            try (Line asking = begun("HTTP/1.0", headers, false)) {
                assertEquals(Line.RESET, asking.readAll());
            }
            try (Line asking = begun("HTTP/1.0", headers, true)) {
                assertEquals("", asking.readAll());
            }
        }
    }

    @Test
    public void theAnswerToAHeadHasTheLengthThatItsWorkerTells() throws IOException {
        for (String header : List.of("Content-Length: 12345678901", "X-A: b")) {
            try (Line asking = send("HEAD", "work/" + queue + "/", "")) {
                Response taken = Shipped.http(server)
                        .send("POST", "/" + take(), "Content-Length: 0", "Work-Header: " + header)
                        .response();
                assertEquals(204, taken.status(), taken.toString());
                String head = asking.readAll().toLowerCase(Locale.ROOT);
                assertTrue(head.startsWith("http/1.1 200"), head);
                assertTrue(head.contains("\r\n" + header.toLowerCase(Locale.ROOT) + "\r\n"), head);
                assertEquals(header.startsWith("C"), head.contains("content-length:"), head);
            }
        }
    }

    @Test
    public void ourPathsAreSpelledInOneWay() throws IOException {
        for (String path : List.of("workers/" + queue + ";a=b/next", "%77orkers/" + queue + "/next", "%6Detrics"))
            assertTrue(all("GET", path, "", "").startsWith("HTTP/1.1 400"), path);
    }

    @Test
    public void bodiesAreInChunksOrInNoCoding() throws IOException {
        for (String path : List.of("channels/" + queue + "/events", "work/" + queue + "/")) {
            for (String coding : List.of("xchunked", "chunked, identity")) {
                // Payara shows the application no request in chunks before the first of them.
                String answer = all("POST", path, "Transfer-Encoding: " + coding + "\r\n", LAST_CHUNK);
                assertTrue(answer.startsWith("HTTP/1.1 400") || answer.startsWith("HTTP/1.1 501"), answer);
            }
        }
    }
}
