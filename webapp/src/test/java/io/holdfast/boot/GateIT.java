// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of the standalone run before and after the application. */
class GateIT {
    private final Gate gate = new Gate();
    private final BlockingQueue<HttpServerExchange> held = new LinkedBlockingQueue<>();
    private Undertow server = Undertow.builder().build();
    private Http http = new Http(URI.create("http://127.0.0.1:1"));

    @BeforeEach
    void start() {
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(gate)
                .build();
        server.start();
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        http = new Http(URI.create("http://127.0.0.1:" + port));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private static void refusedForNow(Response response, String why) {
        assertEquals(503, response.status());
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertEquals("no-store", response.header("Cache-Control"));
        assertEquals("1", response.header("Retry-After"));
        assertTrue(response.body().contains(why) && response.body().contains("\"outcome\":\"none\""), response.body());
    }

    @Test
    void whileItStartsItLivesAndAsksEverybodyToComeAgain() {
        refusedForNow(http.get("/health/ready"), "starting");
        refusedForNow(http.post("/counter/value/"), "starting");
        assertEquals(200, http.get("/health/live").status());
        assertEquals("{\"status\":\"UP\"}\n", http.get("/health/live").body());
    }

    private void streamsEndAtOnce() {
        Response ended = http.get("/channels/a/events", "Accept: text/event-stream", "Origin: http://page.example");
        assertEquals(200, ended.status(), ended.toString());
        assertEquals("text/event-stream;charset=utf-8", ended.header("Content-Type"));
        assertEquals("no-store", ended.header("Cache-Control"));
        assertTrue(ended.body().matches("retry: [0-9]{4}\n"), ended.body());
        assertEquals("http://page.example", ended.header("Access-Control-Allow-Origin"));
        assertEquals("true", ended.header("Access-Control-Allow-Credentials"));
        assertEquals("", http.get("/x", "Accept: text/event-stream").header("Access-Control-Allow-Origin"));
    }

    private void othersAreRefused(String why) {
        for (String accept : new String[] {"*/*", "text/event-stream;q=0", "application/x-ndjson"})
            refusedForNow(http.get("/channels/a/events", "Accept: " + accept), why);
        refusedForNow(
                http.send("POST", "/channels/a/events", new byte[] {'x'}, "Accept: text/event-stream")
                        .response(),
                why);
    }

    @Test
    void aStreamOfABrowserIsAcceptedAndEndsAtOnceInAnyPhase() {
        streamsEndAtOnce();
        othersAreRefused("starting");
        gate.open(exchange -> exchange.getResponseSender().send("mine"));
        assertEquals(
                "mine",
                http.get("/channels/a/events", "Accept: text/event-stream").body());
        gate.close(Duration.ofSeconds(30));
        streamsEndAtOnce();
        othersAreRefused("going down");
    }

    @Test
    void whileItServesTheApplicationAnswers() {
        gate.open(exchange -> exchange.getResponseSender().send("mine " + exchange.getRequestPath()));

        assertEquals("mine /health/live", http.get("/health/live").body());
        assertEquals("mine /any", http.get("/any").body());
    }

    @Test
    void whenItStopsItWaitsForWhoIsBeingAnsweredAndRefusesTheOthers() throws Exception {
        gate.open(exchange -> exchange.dispatch(() -> held.add(exchange)));
        try (Exchange waiting = http.send("GET", "/held")) {
            HttpServerExchange exchange = held.poll(10, TimeUnit.SECONDS);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> gate.close(Duration.ofSeconds(30)));
            await().until(() -> http.get("/health/ready").body().contains("going down"));
            refusedForNow(http.get("/other"), "going down");
            assertEquals(200, http.get("/health/live").status());
            assertFalse(closed.isDone());

            exchange.getResponseSender().send("answered");

            assertEquals("answered", waiting.response().body());
            closed.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void optionsStarListsTheAllowedMethods() {
        for (int serving = 0; serving < 2; serving++) {
            Response response = http.raw("OPTIONS * HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                    .response();
            assertEquals(204, response.status());
            assertEquals("GET, HEAD, POST, DELETE, OPTIONS", response.header("Allow"));
            gate.open(exchange -> exchange.setStatusCode(500));
        }
    }

    @Test
    void headersThatAreTooLongInAllAreRefusedWithTheReason() {
        gate.open(exchange -> exchange.getResponseSender().send("mine"));
        assertEquals("mine", http.get("/any", "X-Large: " + "h".repeat(16_000)).body());

        for (String[] headers : new String[][] {
            {"X-Large: " + "h".repeat(20_000)}, {"X-A: " + "h".repeat(9_000), "X-A: " + "h".repeat(9_000)}
        }) {
            Response response = http.get("/any", headers);

            assertEquals(431, response.status());
            assertEquals("application/problem+json", response.header("Content-Type"));
            assertTrue(response.body().contains("\"field\":\"headers\""), response.body());
        }
    }
}
