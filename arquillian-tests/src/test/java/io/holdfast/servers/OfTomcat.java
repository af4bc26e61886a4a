// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The settings that ship for Tomcat: the targets that it takes with them, and what it says of those that it refuses itself. */
final class OfTomcat {
    /** Answers requests below that path with the instruction to hold a stream. */
    static final Origin BACKEND = Origin.away(OfTomcat::instruct);

    static final String HELD = "/held-by-instruction/";

    private static final String UNESCAPED = "\"<>[]^`{|}";

    private final URI server, valved;
    private final String queue = "targets-" + UUID.randomUUID();

    /**
     * Tests two servers.
     *
     * @param valved has a valve that puts another address in place of some clients', and a route to {@link #BACKEND}
     */
    OfTomcat(URI server, URI valved) {
        this.server = server;
        this.valved = valved;
    }

    private Line send(String lines) throws IOException {
        return Line.to(server.getPort()).send(lines + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    @Test
    public void charactersThatClientsDoNotEscapeReachTheWorkerAsTheyWereSent() throws IOException {
        for (String target :
                List.of("/a" + UNESCAPED + "b", "/a?x=" + UNESCAPED + "\\", "/a" + UNESCAPED + "?" + UNESCAPED)) {
            try (Line asking = send("GET " + server.getPath() + "work/" + queue + target + " HTTP/1.1")) {
                Response given = Shipped.http(server).get("/workers/" + queue + "/next?wait=30");
                assertEquals(200, given.status(), given.toString());
                assertEquals(target, given.header("Work-Path"));
                Response taken = Shipped.http(server)
                        .send(
                                "POST",
                                given.header("Location").replaceFirst(".*/workers", "/workers") + "/response?token="
                                        + given.header("Work-Token"),
                                "Content-Length: 0")
                        .response();
                assertEquals(204, taken.status(), taken.toString());
                asking.readTo("HTTP/1.1 200");
            }
        }
    }

    @Test
    public void tomcatsOwnRefusalsAreJsonAndTellNothingOfTheServer() throws IOException {
        String path = server.getPath() + "work/" + queue + "/";
        for (String refused : List.of(
                "GET /x y z HTTP/1.1",
                "G{T " + path + " HTTP/1.1",
                "GET " + path + "a\\b HTTP/1.1",
                "GET " + path + "\u00c3\u00a9 HTTP/1.1",
                "GET " + path + "?x=\u00c3\u00a9 HTTP/1.1",
                "GET " + path + "%zz HTTP/1.1",
                "GET " + path + " HTTP/9.9",
                "GET " + path + " HTTP/1.1\r\nHost: twice",
                "GET " + path + " HTTP/1.1\r\nX: " + "a".repeat(20_000),
                "POST " + path + " HTTP/1.1\r\nTransfer-Encoding: xchunked",
                "CONNECT localhost:80 HTTP/1.1",
                "GET /no-application-here HTTP/1.1")) {
            try (Line line = send(refused)) {
                String head = line.readTo("\r\n\r\n"), body = line.readAll();
                assertTrue(head.contains("\r\nContent-Type: application/json"), refused + head);
                String status = head.substring("HTTP/1.1 ".length()).substring(0, 3);
                assertEquals("{\"status\":" + status + "}", body.replaceAll("\\s", ""), refused);
            }
        }
    }

    private static void instruct(Origin.Asked asked, OutputStream out) throws IOException {
        String headers = "Content-Type: text/event-stream\r\nGrip-Hold: stream\r\nGrip-Channel: quiet\r\n";
        Origin.write(out, Origin.answer(200, headers, ": begun\n\n"));
    }

    private int unwatched() {
        return Meters.of(valved, "holdfast_holds_unwatched");
    }

    private Line hold(Line line, String path) throws IOException {
        return line.send("GET " + valved.getPath() + path + " HTTP/1.1\r\nHost: localhost\r\n" + Shipped.ADDRESS
                + ": 203.0.113.7\r\n\r\n");
    }

    private Line behindValve() throws IOException {
        return Line.from(InetAddress.getByName(Shipped.BEHIND_VALVE), valved.getPort());
    }

    @Test
    public void aValveThatRewritesTheAddressHidesConnectionsAndStreamsAmongThemAreProbed() throws Exception {
        String counter = "counters/" + queue + "/value/", poll = counter + "?last=0&wait=110";
        try (Line hidden = hold(behindValve(), poll);
                Line shown = hold(Line.to(valved.getPort()), poll);
                Line stream = hold(behindValve(), HELD.substring(1) + "stream")) {
            stream.readTo(": begun\n\n\r\n");
            await().atMost(Server.PATIENCE).until(() -> unwatched() == 2);

            assertTrue(stream.readTo("\n\r\n").endsWith(":\n\r\n"), "a line that is no event");
            stream.vanish();
            await("the probe finds out that it has left")
                    .atMost(Server.PATIENCE)
                    .until(() -> unwatched() == 1);

            assertEquals(200, Shipped.http(valved).post("/" + counter).status());
            for (Line line : List.of(hidden, shown)) line.readTo("HTTP/1.1 200 ");
            await().atMost(Server.PATIENCE).until(() -> unwatched() == 0);
        }
        assertEquals(
                1,
                Shipped.logOfB()
                        .lines()
                        .filter(line -> line.contains("holdfast_holds_unwatched"))
                        .count());
    }
}
