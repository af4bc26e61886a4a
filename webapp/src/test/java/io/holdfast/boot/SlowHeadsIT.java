// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Line;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that never finish the head of a request, at the standalone run. */
class SlowHeadsIT {
    private static final int CONNECTIONS = 20;
    private static final Duration HEAD_TIME = Duration.ofSeconds(2);
    private static final String HEALTH = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static StandingServer server;

    @BeforeAll
    static void start() throws Exception {
        server = StandingServer.start(Map.of(), CONNECTIONS, HEAD_TIME);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Line connect() throws IOException {
        return Line.to(server.port());
    }

    private static void assertLate(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        assertTrue(answer.contains("\"field\":\"head\"") && answer.contains("sent within 2 s"), answer);
    }

    @Test
    void aHeadThatComesLineByLineForEverIsCut() throws Exception {
        try (Line line = connect().send("GET /health/live HTTP/1.1\r\n")) {
            await("it is cut, however much it sends").until(() -> {
                if (line.hasNews()) return true;
                line.send("X-Slow: very\r\n");
                return false;
            });

            assertLate(line.readAll());
        }
    }

    @Test
    void aLaterHeadOfAConnectionIsCutToo() throws Exception {
        try (Line line = connect().send(HEALTH)) {
            line.readTo("UP\"}\n");

            line.send("GET /health/live HT");

            assertLate(line.readAll());
        }
    }

    @Test
    void aConnectionThatSendsNothingIsClosedWithoutAnAnswer() throws Exception {
        try (Line line = connect()) {
            assertEquals("", line.readAll());
        }
    }

    @Test
    void slowHeadsDoNotKeepOthersAwayForLong() throws Exception {
        List<Line> slow = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) slow.add(connect().send(i % 2 == 0 ? "GET / HTTP/1.1\r\nX: " : ""));

        try (Line honest = connect().send(HEALTH)) {
            honest.readTo("UP");
        }
        for (Line line : slow) line.close();
    }

    @Test
    void requestsThatAreHeldAndConnectionsThatPauseGoOn() throws Exception {
        try (Line held =
                        connect().send("GET /counters/late/value/?last=0&wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Line pausing = connect().send(HEALTH);
                Line slow = connect().send("GET /")) {
            pausing.readTo("UP\"}\n");
            assertLate(slow.readAll());
            // They came before the one that was cut, so their time would be over.

            pausing.send(HEALTH).readTo("UP\"}\n");
            assertEquals(200, server.http().post("/counters/late/value/").status());
            assertTrue(held.readTo("\r\n\r\n").startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aBodyMayComeLaterThanAHead() throws Exception {
        try (Line slow = connect().send("GET /");
                Line body = connect()
                        .send(
                                "POST /channels/slow/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab")) {
            assertLate(slow.readAll());
            try (Line later = connect().send("GET /")) {
                assertLate(later.readAll());
            }

            body.send("cd");

            assertTrue(body.readTo("\r\n\r\n").startsWith("HTTP/1.1 201 "));
        }
    }
}
