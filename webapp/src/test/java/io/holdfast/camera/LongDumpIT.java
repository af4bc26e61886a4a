// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.Pieces;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One of two members has little memory for slow clients, and something else fills it. A dump that it has no memory to send must never
 * look whole, on any kind of server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongDumpIT {
    private static final int MUCH = 100_000_000, LITTLE = 600_000, TAKEN = LITTLE - 10_000;
    private static final Duration STEP = Duration.ofSeconds(1), STALL = CameraResource.STALL;
    private static final String DIGITS = "0123456789";
    private static final String JSON = "Content-Type: application/json";
    /** Six pieces, and one. */
    private static final String LONG = dump(1_500_000), SHORT = dump(100_000);

    private Studio rich, poor;
    private Container.Running richServer, poorServer;

    private static String dump(int length) {
        return "{\"logs\": \"" + DIGITS.repeat(length / DIGITS.length()) + "\"}\n";
    }

    @BeforeAll
    void start() {
        int[] ports = IntStream.range(0, 2).map(i -> Ports.free()).toArray();
        String name = "long-dumps-" + UUID.randomUUID(), peers = "127.0.0.1:" + ports[0] + ",127.0.0.1:" + ports[1];
        rich = studio(name, peers, ports[0], MUCH);
        poor = studio(name, peers, ports[1], LITTLE);
        await("they see each other")
                .until(() ->
                        rich.cluster.trust().size() == 2 && poor.cluster.trust().size() == 2);
    }

    private static Studio studio(String name, String peers, int port, int backlog) {
        Map<String, String> options =
                Map.of("cluster.name", name, "cluster.peers", peers, "cluster.port", Integer.toString(port));
        return new Studio(options, backlog, new ManualTime());
    }

    @AfterAll
    void stop() {
        poor.close();
        rich.close();
    }

    private void serve(Container container) throws Exception {
        richServer = rich.serve(container);
        poorServer = poor.serve(container);
        deliver("long", LONG);
        deliver("short", SHORT);
    }

    @AfterEach
    void serveNoMore() {
        await("nothing is kept any more").until(() -> poor.backlog.bytes() == 0);
        poorServer.close();
        richServer.close();
    }

    private static Http http(Container.Running server) {
        return new Http(URI.create("http://127.0.0.1:" + server.port()));
    }

    private void deliver(String camera, String dump) {
        Response taken = http(richServer)
                .send("POST", "/cameras/" + camera + "/dump/", dump.getBytes(UTF_8), JSON)
                .response();
        assertEquals(200, taken.status(), taken.toString());
    }

    /** A delivery that has stopped takes nearly all the memory. */
    private Exchange takeMemory() {
        Exchange taking = http(poorServer).send("POST", "/cameras/other/dump/", JSON, "Content-Length: " + 2 * TAKEN);
        taking.write(new byte[TAKEN]);
        await("it is taken").until(() -> poor.backlog.bytes() == TAKEN);
        return taking;
    }

    private Line ask() throws IOException {
        return Line.narrow(poorServer.port()).send("GET /cameras/long/logs/?cached HTTP/1.1\r\nHost: test\r\n\r\n");
    }

    private void passLongerThanAClientMayStall() throws Exception {
        for (Duration passed = Duration.ZERO; passed.compareTo(STALL) <= 0; passed = passed.plus(STEP)) poor.pass(STEP);
        poor.pass(STEP);
    }

    private static void isNotWhole(String head, String come) {
        String rest = come.replace("<reset>", "");
        assertTrue(head.startsWith("HTTP/1.1 200"), head);
        assertFalse(rest.endsWith("\r\n0\r\n\r\n"), "its end");
        assertTrue(head.contains("Content-Length: " + LONG.length() + "\r\n"), head);
        assertTrue(rest.length() < LONG.length(), "so much: " + rest.length());
    }

    private void isGivenByTheOther() {
        assertEquals(LONG, http(richServer).get("/cameras/long/logs/?cached").body());
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aDumpForWhichTheMemoryRunsOutIsCut(Container container) throws Exception {
        serve(container);
        CountDownLatch taken = new CountDownLatch(1);
        try (Line line = ask()) {
            await("it gives the first piece").until(() -> poor.backlog.bytes() == Pieces.SIZE);
            poor.executor.execute(() -> waitFor(taken));
            String head = line.readTo("\r\n\r\n");
            StringBuilder come = new StringBuilder();
            while (come.length() <= Pieces.SIZE - DIGITS.length()) come.append(line.readTo("9"));
            await("the piece is taken").until(() -> poor.backlog.bytes() == 0);
            try (Exchange other = takeMemory()) {
                taken.countDown();
                passLongerThanAClientMayStall();
                come.append(line.readAll());
                isNotWhole(head, come.toString());
                isGivenByTheOther();
                assertFalse(other.isAnswered());
            }
        } finally {
            taken.countDown();
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aDumpForWhichThereIsNoMemoryIsCutOrRefused(Container container) throws Exception {
        serve(container);
        try (Exchange other = takeMemory();
                Line line = ask()) {
            String head = line.readTo("\r\n\r\n");
            passLongerThanAClientMayStall();
            isNotWhole(head, line.readAll());
            Response refused = http(poorServer).get("/cameras/short/logs/?cached");
            assertEquals(503, refused.status(), refused.toString());
            assertEquals("2", refused.header("Retry-After"));
            isGivenByTheOther();
            assertFalse(other.isAnswered());
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aDumpThatWaitedForMemoryIsSentWhole(Container container) throws Exception {
        serve(container);
        try (Exchange other = takeMemory();
                Exchange asking = http(poorServer).send("GET", "/cameras/long/logs/?cached")) {
            poor.pass(STEP);
            other.vanish();
            await("there is memory").until(() -> poor.backlog.bytes() < LITTLE - Pieces.SIZE);
            poor.pass(STEP);
            String answer = new String(asking.bytes(), ISO_8859_1);
            assertTrue(answer.endsWith("\r\n\r\n" + LONG), "it is whole, of " + answer.length());
            byte[] head = http(poorServer).send("HEAD", "/cameras/long/logs/").bytes();
            assertTrue(new String(head, ISO_8859_1).endsWith("\r\n\r\n"), "only a head, of " + head.length);
        }
    }
}
