// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads of every kind that send a byte now and then, at the standalone run with its shipped settings. */
class SlowUploadsIT {
    private static final List<String> HEADS = List.of(
            "/channels/slow/events HTTP/1.1",
            "/publish/ HTTP/1.1",
            "/cameras/slow/dump/ HTTP/1.1",
            "/work/slow/x HTTP/1.1",
            "/work/slow/x HTTP/1.1\r\nPrefer: respond-async",
            "/route/x HTTP/1.1");

    private static final int PHONE_BYTES = 5_000, PHONE_SENDS = 12;

    @TempDir
    private Path folder;

    @Test
    void anUploadThatDripsIsRefusedAndItsConnectionIsCut() throws Exception {
        try (Origin origin = Origin.raw((in, out) -> {
            while (in.read() >= 0) {}
        })) {
            Path routes = folder.resolve("routes");
            Files.writeString(routes, "*,path_beg=/route 127.0.0.1:" + origin.port() + "\n");
            try (StandingServer server = StandingServer.start(Map.of("proxy.routes", routes.toString()))) {
                Map<String, Line> lines = new LinkedHashMap<>();
                for (String head : HEADS)
                    lines.put(
                            head,
                            Line.to(server.port())
                                    .send("POST " + head + "\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"));

                Phone phone = new Phone(server.port());

                await().atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> {
                            boolean sent = phone.goesOn();
                            return drip(lines) && sent;
                        });

                for (Map.Entry<String, Line> each : lines.entrySet())
                    try (Line line = each.getValue()) {
                        String answer = line.readAll();
                        assertTrue(answer.startsWith("HTTP/1.1 408 "), each.getKey() + ": " + answer);
                        assertTrue(answer.contains("body.rate"), each.getKey() + ": " + answer);
                    }
                String answer = phone.line.readTo("\r\n\r\n");
                assertTrue(answer.startsWith("HTTP/1.1 201 "), answer);
                assertEquals(0, gauge(server, "holdfast_backlog_bytes"));
            }
        }
    }

    private static long gauge(StandingServer server, String name) throws Exception {
        return server.http()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Whether all are answered; sends a byte to the others. */
    private static boolean drip(Map<String, Line> lines) throws Exception {
        boolean all = true;
        for (Line line : lines.values()) {
            if (line.hasNews()) continue;
            line.send("x");
            all = false;
        }
        return all;
    }

    /** An honest client that sends 5 KB a second, and pauses for five of every ten seconds. */
    private static final class Phone {
        private final Line line;
        private final long begun = System.nanoTime();
        private int sends;

        Phone(int port) throws Exception {
            line = Line.to(port)
                    .send("POST /channels/phone/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                            + PHONE_BYTES * PHONE_SENDS + "\r\n\r\n");
        }

        /** Sends if it does not pause; true if all is sent. */
        boolean goesOn() throws Exception {
            boolean pauses = Duration.ofNanos(System.nanoTime() - begun).toSeconds() % 10 < 5;
            if (sends == PHONE_SENDS || pauses) return sends == PHONE_SENDS;
            line.send("x".repeat(PHONE_BYTES));
            return ++sends == PHONE_SENDS;
        }
    }
}
