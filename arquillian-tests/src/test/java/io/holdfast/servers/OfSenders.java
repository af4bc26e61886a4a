// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Line;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Slow senders, and honest ones beside them. All begin together, long before the tests look for their ends. */
final class OfSenders {
    /** A busy machine is late. */
    private static final Duration LATENESS = Duration.ofSeconds(10);

    private static final Duration HEAD_AT_BALANCER = Duration.ofSeconds(10), LONGEST_BODY = Duration.ofSeconds(30);

    private static final String BLANK = "blank line by blank line";

    private final Crowd crowd;

    OfSenders(Crowd crowd) {
        this.crowd = crowd;
    }

    /** The requests that are being sent to a member, and to balancers in front of it. */
    static final class Crowd implements AutoCloseable {
        private static final int FOR_EVER = Integer.MAX_VALUE, LENGTH = 1_000, SECONDS = 30, HONEST = 3_000;

        private final List<Closeable> all = new ArrayList<>();
        private final Map<String, Drip> bodies = new LinkedHashMap<>();
        private final Map<String, Drip> heads = new LinkedHashMap<>();
        private final Map<String, Drip> headsAtBalancers = new LinkedHashMap<>();
        private final Drip honest;

        Crowd(URI member) throws IOException {
            List<URI> members = List.of(member, member, member);
            Proxy haproxy = opened(Proxy.haproxy("haproxy-slow", members));
            Proxy nginx = opened(Proxy.nginx("nginx-slow", members));
            for (String path : List.of("channels/slow/events", "cameras/slow/dump/", "work/slow/x"))
                bodies.put(path, drip(member, post(member, path, LENGTH), "x", FOR_EVER));
            String piece = "x".repeat(HONEST);
            honest = drip(member, post(member, "channels/honest/events", HONEST * SECONDS), piece, SECONDS);
            heads.put("within the first line", drip(member, "GET /", "x", FOR_EVER));
            heads.put("line by line", drip(member, "GET / HTTP/1.1\r\n", "X: y\r\n", FOR_EVER));
            heads.put(BLANK, drip(member, "\r\n", "\r\n", FOR_EVER));
            Line used = Line.to(member.getPort())
                    .send("GET " + member.getPath() + "health/live HTTP/1.1\r\nHost: t\r\n\r\n");
            used.readTo("UP\"}\n");
            heads.put("after a request", opened(Drip.of(used.send("GET "), "x", FOR_EVER)));
            for (Proxy each : List.of(haproxy, nginx)) {
                await().atMost(Server.PATIENCE)
                        .ignoreExceptionsInstanceOf(IOException.class)
                        .until(() -> {
                            Line.to(each.base().getPort()).close();
                            return true;
                        });
                headsAtBalancers.put(
                        each == nginx ? "nginx" : "HAProxy",
                        drip(each.base(), "GET / HTTP/1.1\r\n", "X: y\r\n", FOR_EVER));
            }
        }

        private Proxy opened(Proxy each) {
            all.add(each::close);
            return each;
        }

        private Drip opened(Drip each) {
            all.add(each::close);
            return each;
        }

        private static String post(URI member, String path, int length) {
            return "POST " + member.getPath() + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: " + length + "\r\n\r\n";
        }

        private Drip drip(URI server, String first, String then, int seconds) throws IOException {
            return opened(Drip.of(Line.to(server.getPort()).send(first), then, seconds));
        }

        @Override
        public void close() throws IOException {
            for (Closeable each : all) each.close();
        }
    }

    @Test
    public void aBodyThatDripsIsRefused() throws Exception {
        for (Map.Entry<String, Drip> body : crowd.bodies.entrySet()) {
            Drip.End end = body.getValue().end();
            assertTrue(end.answer().startsWith("HTTP/1.1 408 "), body.getKey() + ": " + end);
            assertTrue(end.isBefore(LONGEST_BODY.plus(LATENESS)), body.getKey() + ": " + end);
        }
    }

    @Test
    public void anHonestBodyGoesOnBesideThem() throws Exception {
        Drip.End end = crowd.honest.end();
        assertTrue(end.answer().startsWith("HTTP/1.1 201 "), end::toString);
    }

    @Test
    public void aSlowHeadIsCutWhereTheServerHasATimeForIt() throws Exception {
        if (Shipped.headTime().isZero()) return;
        assertCut(Shipped.headTime(), crowd.heads);
    }

    @Test
    public void aSlowHeadIsCutByBothBalancers() throws Exception {
        assertCut(HEAD_AT_BALANCER, crowd.headsAtBalancers);
    }

    private static void assertCut(Duration time, Map<String, Drip> heads) throws Exception {
        for (Map.Entry<String, Drip> head : heads.entrySet()) {
            Drip.End end = head.getValue().end();
            // WildFly takes no blank line.
            String cut = head.getKey().equals(BLANK) ? "(?s)|HTTP/1\\.1 40[08] .*" : "(?s)|HTTP/1\\.1 408 .*";
            assertTrue(end.answer().matches(cut), head.getKey() + ": " + end);
            assertTrue(end.isBefore(time.plus(LATENESS)), head.getKey() + ": " + end);
        }
    }
}
