// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A stop of the standalone run, as its clients and the balancers in front see it. */
class GoingOutIT {
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
    private static final String LIVE = "GET /health/live" + HOST + "\r\n";
    private static final String HOLD = "GET /counters/a/value/?last=0&wait=100" + HOST + "\r\n";
    private static final String POST = "POST /counters/a/value/" + HOST + "Content-Length: 0\r\n\r\n";

    @Test
    void everythingIsServedOnceMoreOnEachConnectionAndThenNobodyComesIn() throws Exception {
        try (StandingServer server = StandingServer.start(Map.of("drain.delay", "10m", "drain.window", "0s"))) {
            Http http = server.http();
            Exchange idle = http.raw(LIVE), pipelined = http.raw(LIVE), held = http.raw(HOLD);
            assertFalse(idle.until("}\n").contains("Connection: close"));
            assertFalse(pipelined.until("}\n").contains("Connection: close"));
            await("it is held").until(() -> server.holds() == 1);

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::goOut);
            await("it says so").until(() -> http.get("/health/ready").body().contains("about to stop"));
            assertTrue(http.raw(POST).rest().contains("Connection: close"));
            String released = held.rest();
            assertTrue(released.startsWith("HTTP/1.1 200 ") && released.contains("Connection: close"), released);
            pipelined.write((POST + POST).getBytes(US_ASCII));
            String last = pipelined.rest();
            assertEquals(2, last.split("HTTP/1.1 ", -1).length, () -> "one more answer, then the end: " + last);
            assertFalse(stopped.isDone());
            Exchange waiting = http.raw("GET /counters/b/value/?last=0&wait=100" + HOST + "\r\n");
            await("it is held").until(() -> server.holds() == 1);

            server.hasten();

            assertTrue(waiting.rest().endsWith("{}\n"));
            stopped.get(60, TimeUnit.SECONDS);
            assertEquals("", idle.rest(), "it is closed without an answer");
            assertThrows(UncheckedIOException.class, () -> http.raw(LIVE));
        }
    }

    @Test
    void aMemberThatIsDrainedAlreadyStopsWithoutAnotherDelay() throws Exception {
        try (StandingServer server = StandingServer.start(Map.of("drain.delay", "10m", "drain.window", "0s"))) {
            Http http = server.http();
            assertEquals(202, http.post("/admin/drain?delay=0").status());
            await("it is drained").until(() -> http.get("/admin/drain").body().contains("drained"));

            server.goOut();

            assertThrows(UncheckedIOException.class, () -> http.raw(LIVE));
        }
    }
}
