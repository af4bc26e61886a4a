// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Both balancers that have a sample, in front of a server that takes some malformed bodies for whole ones. */
final class OfBalancers {
    private static final String WELL = "5\r\nhello\r\n0\r\n\r\n";

    /** A server might take any of these for "hello", or for less. */
    private static final List<String> MALFORMED = List.of(
            "zz\r\n\r\n",
            "-1\r\n\r\n",
            "\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "GET /x HTTP/1.1\r\n\r\n",
            "5\r\nhelloSPILLED\r\n0\r\n\r\n",
            "5\r\nhello0\r\n\r\n",
            "5\r\nhello\r\nzz\r\n\r\n",
            "5\r\nhello\r\n-1\r\n\r\n",
            "5\r\nhello\r\n\r\n\r\n",
            "5\r\nhello\r\nGET /x HTTP/1.1\r\n\r\n",
            "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n");

    private static final List<String> CODINGS =
            List.of("xchunked", "chunked, identity", "identity", "chunked, chunked", "");

    private final List<URI> members;
    private final String name = UUID.randomUUID().toString();

    OfBalancers(URI member) {
        members = List.of(member, member, member);
    }

    @Test
    public void malformedBodiesStopAtHaproxy() throws IOException {
        try (Proxy proxy = Proxy.haproxy("haproxy-" + name, members)) {
            malformedBodiesStop(proxy.base());
        }
    }

    @Test
    public void malformedBodiesStopAtNginx() throws IOException {
        try (Proxy proxy = Proxy.nginx("nginx-" + name, members)) {
            malformedBodiesStop(proxy.base());
        }
    }

    private void malformedBodiesStop(URI balanced) {
        Client client = new Client();
        Awaitility.await()
                .atMost(Server.PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> client.get(balanced.resolve("health/ready")).statusCode() == 200);
        String events = "channels/" + name + "/events";
        for (String body : MALFORMED) assertRefused(published(balanced, events, "chunked", body), body);
        for (String coding : CODINGS) assertRefused(published(balanced, events, coding, WELL), coding);
        assertTrue(published(balanced, events, "chunked", WELL).startsWith("HTTP/1.1 201"), "well formed");

        Response kept = Shipped.http(balanced).get("/" + events + "?after=earliest&wait=0", User.ROB.header());

        assertEquals(2, kept.body().split("\"id\":", -1).length, kept.body());
        assertTrue(kept.body().contains("\"hello\""), kept.body());
    }

    /** The balancer answers: a member would have said which field it is about. */
    private static void assertRefused(String answer, String why) {
        assertTrue(
                answer.matches("(?s)HTTP/1\\.1 (400|501) .*") && !answer.contains("problem+json"), why + ": " + answer);
    }

    private static String published(URI balanced, String events, String coding, String body) {
        String head = "POST " + balanced.getPath() + events + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: text/plain\r\n" + User.ANN.header() + "\r\nTransfer-Encoding: " + coding + "\r\n\r\n";
        try (Line line = Line.to(balanced.getPort()).send(head + body)) {
            return line.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
