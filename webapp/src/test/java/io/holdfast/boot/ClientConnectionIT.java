// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Line;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.xnio.channels.StreamSinkChannel;

/** How long a connection that is closed takes what its client still sends. */
class ClientConnectionIT {
    private static final Duration LONG = Duration.ofMinutes(5), SHORT = Duration.ofMillis(500);
    private static final String BAD = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";

    private static HttpPort open(Duration linger, HttpHandler handler) throws IOException {
        return HttpPort.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                1_000,
                new ClientConnection.Times(Duration.ofMinutes(1), linger),
                handler);
    }

    private static void assertAnswered(Line line) {
        String answer = line.readAll();
        assertTrue(answer.startsWith("HTTP/1.1 400 ") && !answer.endsWith("<reset>"), answer);
    }

    @Test
    void itsTimeIsBounded() throws IOException {
        try (HttpPort port = open(SHORT, new Gate());
                Line line = Line.to(port.number()).send(BAD)) {
            assertAnswered(line);
            await().atMost(Duration.ofSeconds(60)).until(line::isRefused);
        }
    }

    @Test
    void itsAmountIsBounded() throws IOException {
        String many = "0123456789abcdef".repeat(64 * 1024);
        try (HttpPort port = open(LONG, new Gate());
                Line line = Line.to(port.number()).send(BAD)) {
            assertAnswered(line);
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 200; i++) line.send(many);
            });
        }
    }

    @Test
    void itEndsWithTheServer() throws IOException {
        HttpPort port = open(LONG, new Gate());
        try (Line line = Line.to(port.number()).send(BAD)) {
            assertAnswered(line);
            assertTimeout(Duration.ofSeconds(60), port::close);
            await().atMost(Duration.ofSeconds(60)).until(line::isRefused);
        }
    }

    /** A response that breaks off is told by a reset, and its client waits for no more. */
    @Test
    void aResponseToHttp10ThatBreaksOffIsReset() throws IOException {
        Gate gate = new Gate();
        gate.open(exchange -> {
            StreamSinkChannel out = exchange.getResponseChannel();
            out.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            out.flush();
            exchange.getConnection().close();
        });
        try (HttpPort port = open(LONG, gate);
                Line line = Line.to(port.number())
                        .send("POST /x HTTP/1.0\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe")) {
            String answer = line.readAll();
            assertTrue(answer.endsWith("<reset>"), answer);
        }
    }

    @Test
    void anIdleConnectionEndsAtOnce() throws IOException {
        HttpPort port = open(LONG, new Gate());
        try (Line line = Line.to(port.number()).send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertFalse(line.readTo("UP\"}\n").isEmpty());
            assertTimeout(Duration.ofSeconds(60), port::close);
            line.readAll();
        }
    }
}
