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

/** Clients that never finish the head of a request, at the standalone run. Those that only wait begin together, before the tests. */
class SlowHeadsIT {
    private static final int CONNECTIONS = 20;

    /** Long for an honest head, on a busy machine too. */
    private static final Duration HEAD_TIME = Duration.ofSeconds(10);

    private static final String HEALTH = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final List<Line> crowd = new ArrayList<>();
    private static StandingServer server, crowded;
    private static Line silent, held, pausing, body, second, slow, honest;

    @BeforeAll
    static void start() throws Exception {
        crowded = StandingServer.start(Map.of(), CONNECTIONS, HEAD_TIME);
        for (int i = 0; i < CONNECTIONS; i++)
            crowd.add(Line.to(crowded.port()).send(i % 2 == 0 ? "GET / HTTP/1.1\r\nX: " : ""));
        honest = Line.to(crowded.port()).send(HEALTH);

        server = StandingServer.start(Map.of("body.rate", "0"), CONNECTIONS, HEAD_TIME);
        silent = connect();
        held = connect().send("GET /counters/late/value/?last=0&wait=120 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        body = connect().send("POST /channels/slow/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab");
        pausing = connect().send(HEALTH);
        pausing.readTo("UP\"}\n");
        second = connect().send(HEALTH);
        second.readTo("UP\"}\n");
        second.send("GET /health/live HT");
        slow = connect().send("GET /");
    }

    @AfterAll
    static void stop() throws Exception {
        for (Line line : crowd) line.close();
        for (Line line : List.of(silent, held, pausing, body, second, slow, honest)) line.close();
        server.close();
        crowded.close();
    }

    private static Line connect() throws IOException {
        return Line.to(server.port());
    }

    private static void assertLate(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        String rule = "sent within " + HEAD_TIME.toSeconds() + " s";
        assertTrue(answer.contains("\"field\":\"head\"") && answer.contains(rule), answer);
    }

    @Test
    void aHeadThatComesLineByLineForEverIsCut() throws Exception {
        try (Line line = connect().send("GET /health/live HTTP/1.1\r\n")) {
            await("it is cut, however much it sends")
                    .pollInterval(HEAD_TIME.dividedBy(40))
                    .until(() -> {
                        if (line.hasNews()) return true;
                        line.send("X-Slow: very\r\n");
                        return false;
                    });

            assertLate(line.readAll());
        }
    }

    @Test
    void aLaterHeadOfAConnectionIsCutToo() {
        assertLate(second.readAll());
    }

    @Test
    void aConnectionThatSendsNothingIsClosedWithoutAnAnswer() {
        assertEquals("", silent.readAll());
    }

    @Test
    void slowHeadsDoNotKeepOthersAwayForLong() throws Exception {
        honest.readTo("UP");
    }

    @Test
    void requestsThatAreHeldAndConnectionsThatPauseGoOn() throws Exception {
        assertLate(slow.readAll());
        // They came before the one that was cut, so their time would be over.

        pausing.send(HEALTH).readTo("UP\"}\n");
        assertEquals(200, server.http().post("/counters/late/value/").status());
        assertTrue(held.readTo("\r\n\r\n").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void aBodyMayComeLaterThanAHead() throws Exception {
        try (Line later = connect().send("GET /")) {
            assertLate(later.readAll());
        }

        body.send("cd");

        assertTrue(body.readTo("\r\n\r\n").startsWith("HTTP/1.1 201 "));
    }
}
