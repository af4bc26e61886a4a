// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Line;
import io.holdfast.testing.OwnTime;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Clients that leave while they are held. One member takes a client that closes its side for one that has left, as it does by itself, and
 * the other lets it wait. No other test has requests held meanwhile.
 */
final class OfDepartures {
    private static final Duration PROMISE = Duration.ofSeconds(10), PATIENCE = Duration.ofMinutes(1);
    private final URI going, keeping;
    private final String name = "left-" + UUID.randomUUID();

    OfDepartures(URI going, URI keeping) {
        this.going = going;
        this.keeping = keeping;
    }

    /** Has a request held. */
    private static Line hold(URI member, String path, String headers) throws IOException {
        return Line.to(member.getPort())
                .send("GET " + member.getPath() + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    }

    /** A client of each kind is held; the first waits for a counter. */
    private List<Line> oneOfEach() throws IOException {
        return List.of(
                hold(going, "counters/" + name + "/value/?last=0&wait=110", ""),
                hold(going, "channels/" + name + "/events?wait=110", ""),
                hold(going, "workers/" + name + "-workers/next?wait=110", ""),
                hold(going, "work/" + name + "/x", "Prefer: wait=110\r\n"));
    }

    private int holds() {
        return Meters.of(going, "holdfast_holds");
    }

    private Duration awaitHolds(int expected) {
        long begun = OwnTime.now();
        await().atMost(PATIENCE).until(() -> holds() == expected);
        return OwnTime.since(begun);
    }

    @Test
    public void aClientThatHasLeftIsHeldNoMore() throws Exception {
        awaitHolds(0);
        List<Line> closing = oneOfEach(), halfClosing = oneOfEach(), vanishing = oneOfEach();
        List<Line> all =
                Stream.of(closing, halfClosing, vanishing).flatMap(List::stream).toList();
        try {
            awaitHolds(all.size());

            for (Line line : closing) line.close();
            for (Line line : halfClosing) line.closeItsSide();
            Duration closed = awaitHolds(vanishing.size());
            // The sweep that has found these has seen the connections of the others, too.
            for (Line line : vanishing) line.vanish();
            Duration vanished = awaitHolds(0);

            String told = halfClosing.get(0).readAll();
            assertTrue(told.startsWith("HTTP/1.1 400 ") && told.contains("hold.half-closed=keep"), told);
            System.out.println(
                    "FIGURES left clients: closed-ms=" + closed.toMillis() + " vanished-ms=" + vanished.toMillis());
            assertTrue(closed.compareTo(PROMISE) <= 0, () -> "those that closed are held for " + closed);
            assertTrue(vanished.compareTo(PROMISE) <= 0, () -> "those that vanished are held for " + vanished);
            assertEquals(
                    204,
                    Shipped.http(going).get("/workers/" + name + "/next?wait=0").status());
        } finally {
            for (Line line : all) line.close();
        }
    }

    @Test
    public void aClientMayCloseItsSideAndReadOnIfTheSettingsSaySo() throws Exception {
        String counter = "counters/" + name + "-kept/value/";
        try (Line line = hold(keeping, counter + "?last=0&wait=110", "")) {
            line.closeItsSide();
            // Several sweeps come within that time.
            await().during(Duration.ofSeconds(6)).atMost(PATIENCE).until(() -> !line.hasNews());

            assertEquals(200, Shipped.http(keeping).post("/" + counter).status());

            String answer = line.readTo("\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        }
    }
}
