// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A standalone process with a small heap: it cannot be filled by bodies, and ends when its heap is full all the same. */
class MemoryIT {
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Together they are almost as large as the small heap, of which the process itself needs a third. */
    private static final int HEADS = 1_000;

    /** A member alone whose heap has so many MiB. */
    private static Spawned start(String name, int port, int heap, List<String> settings, List<String> options) {
        List<String> all = new ArrayList<>(
                List.of("--port", Integer.toString(port), "--cluster-port", Integer.toString(Ports.free())));
        all.addAll(options);
        List<String> command = new ArrayList<>(Member.command(name, settings, all));
        command.replaceAll(
                word -> word.startsWith("-Xmx") ? "-Xmx" + heap + "m" : word.equals("-Xms64m") ? "-Xms16m" : word);
        return Spawned.start(name, command, Map.of());
    }

    private static void awaitReady(int port) {
        await("it is ready")
                .atMost(LONG)
                .ignoreExceptions()
                .until(() -> get(port, "/health/ready").statusCode() == 200);
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(port, path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request.timeout(LONG).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Test
    void dumpsAndJobsOfAnybodyFillTheirSharesAndNothingElse() throws Exception {
        int port = Ports.free();
        String body = "{\"x\": \"" + "y".repeat(4_000_000) + "\"}";
        try (Spawned process = start("filled", port, 160, List.of(), List.of())) {
            awaitReady(port);
            Set<Integer> dumps = new TreeSet<>(), jobs = new TreeSet<>();
            for (int i = 0; i < 8; i++) {
                dumps.add(send(HttpRequest.newBuilder(uri(port, "/cameras/c" + i + "/dump/"))
                                .header("X-Forwarded-For", "203.0.113.9")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body)))
                        .statusCode());
                jobs.add(send(HttpRequest.newBuilder(uri(port, "/work/junk/x"))
                                .header("Prefer", "respond-async")
                                .POST(BodyPublishers.ofString(body)))
                        .statusCode());
            }
            assertEquals(Set.of(200, 507), dumps);
            assertEquals(Set.of(202, 507), jobs);
            assertEquals(
                    201,
                    send(HttpRequest.newBuilder(uri(port, "/channels/news/events"))
                                    .POST(BodyPublishers.ofString("x".repeat(100_000))))
                            .statusCode());
            assertEquals(
                    200,
                    send(HttpRequest.newBuilder(uri(port, "/counter/value/")).POST(BodyPublishers.noBody()))
                            .statusCode());
            // A collection while bodies are on their way can find more than is left afterwards.
            awaitReady(port);
            assertFalse(process.log().contains("OutOfMemoryError"), process::log);
        }
    }

    /** Heads stay in memory as long as their requests are held, and nothing cuts them or ends their requests meanwhile. */
    @Test
    void aProcessThatHasRunOutOfMemoryEnds() throws Exception {
        int port = Ports.free();
        String head = "GET /counter/value/?last=0&wait=3600 HTTP/1.1\r\nHost: t\r\nX-Long: " + "x".repeat(60_000)
                + "\r\n\r\n";
        List<Socket> clients = new ArrayList<>();
        try (Spawned process =
                start("out-of-memory", port, 64, List.of("hold.longest=1h"), List.of("--head-time", "3600"))) {
            awaitReady(port);
            for (int i = 0; i < HEADS && process.isAlive(); i++) {
                Socket client = new Socket();
                clients.add(client);
                try {
                    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    client.getOutputStream().write(head.getBytes(US_ASCII));
                } catch (IOException cut) {
                    // The process is about to end, or has too little memory for this one; the others stay.
                }
            }
            assertEquals(3, process.awaitEnd(LONG), process::log);
            assertTrue(process.log().contains("Holdfast has run out of memory and ends."), process::log);
        } finally {
            for (Socket client : clients) client.close();
        }
    }
}
