// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that poll in a loop without a pause, beside one that waits as it should. */
class TightLoopsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 20, ROUNDS = 20;

    private static StandingServer server;

    @BeforeAll
    static void start() throws Exception {
        server = StandingServer.start(Map.of("hold.longest", "1h"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static double sum(String name) {
        return server.http()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static double holds() {
        return sum("holdfast_holds ");
    }

    /** How many requests have been held so far. */
    private static double held() {
        return holds() + sum("holdfast_endings_total{");
    }

    private static Line poll(String counter) throws Exception {
        return Line.to(server.port())
                .send("GET /counters/" + counter + "/value/?last=0&wait=3600 HTTP/1.1\r\nHost: t\r\n\r\n");
    }

    @Test
    void clientsThatGiveUpAndAskAgainAtOnceLeaveNothingAndKeepNobodyAway() throws Exception {
        try (Line honest = poll("patient")) {
            await("it is held").atMost(PATIENCE).until(() -> holds() == 1);
            double before = held();
            for (int round = 1; round <= ROUNDS; round++) {
                List<Line> lines = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) lines.add(poll("hasty"));
                double asked = before + round * CLIENTS;
                await("all are held").atMost(PATIENCE).until(() -> held() >= asked);
                for (int i = 0; i < CLIENTS; i++)
                    if (i % 2 == 0) lines.get(i).close();
                    else lines.get(i).vanish();
                assertEquals(200, server.http().post("/counters/other/value/").status());
            }

            await("none of them is left").atMost(PATIENCE).until(() -> holds() == 1);
            assertEquals(0, sum("holdfast_endings_total{ending=\"refused\"}"));
            assertEquals(200, server.http().post("/counters/patient/value/").status());
            assertTrue(honest.readTo("\r\n\r\n").startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void clientsThatDoNotWaitAreAnsweredAndKeepNobodyAway() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (Line honest = poll("calm")) {
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < 4; i++)
                loops.add(executor.submit(() -> {
                    try (Line line = Line.to(server.port())) {
                        for (int n = 0; n < 500; n++)
                            line.send("GET /counters/calm/value/?last=0&wait=0 HTTP/1.1\r\nHost: t\r\n\r\n")
                                    .readTo("\r\n\r\n{}\n");
                    }
                    return null;
                }));
            for (Future<?> loop : loops) loop.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertEquals(200, server.http().post("/counters/calm/value/").status());
            assertTrue(honest.readTo("\r\n\r\n").startsWith("HTTP/1.1 200 "));
        } finally {
            executor.shutdownNow();
        }
    }
}
