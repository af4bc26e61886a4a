// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The settings that ship for Tomcat: the targets that it takes with them, and what it says of those that it refuses itself. */
final class OfTomcat {
    private static final String UNESCAPED = "\"<>[]^`{|}";

    private final URI server;
    private final String queue = "targets-" + UUID.randomUUID();

    OfTomcat(URI server) {
        this.server = server;
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
}
