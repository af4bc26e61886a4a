// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Ports;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a delivery may take, by a clock that the test turns. */
class DeliveryTimesIT {
    private static final Duration AGAIN = Duration.ofSeconds(5),
            STEP = Duration.ofSeconds(1),
            LONG = Duration.ofMinutes(10);
    private static final String JSON = "Content-Type: application/json";

    private final ManualTime time = new ManualTime();
    private Studio studio;
    private Container.Running server;
    private Http http;

    private void start(Duration again) throws Exception {
        String port = Integer.toString(Ports.free());
        studio = new Studio(Map.of("cluster.port", port, "camera.again", again.toSeconds() + "s"), 1_000_000, time);
        server = studio.serve(Container.JETTY);
        http = new Http(URI.create("http://127.0.0.1:" + server.port()));
    }

    @AfterEach
    void stop() {
        server.close();
        studio.close();
    }

    private boolean isWanted() throws Exception {
        return studio.camera().isWanted(time.instant().toEpochMilli(), AGAIN.toMillis());
    }

    /** A user asks, and the camera is woken. */
    private CompletableFuture<Outcome<Camera>> asked() throws Exception {
        CompletableFuture<Outcome<Camera>> answered = new CompletableFuture<>();
        studio.cameras
                .questions()
                .ask("default", LONG, (outcome, question) -> answered.complete(outcome))
                .toCompletableFuture()
                .get();
        assertTrue(isWanted());
        assertEquals("\"updated\"\n", http.get("/updates/").body());
        studio.pass(STEP);
        return answered;
    }

    private void begins(Exchange delivery) {
        long now = time.instant().toEpochMilli();
        await("it has begun").until(() -> studio.camera().toldAt() == now);
        assertFalse(delivery.isAnswered());
    }

    @Test
    void aWholeBodyDoesNotStallHoweverLongItTakesToStore() throws Exception {
        start(AGAIN);
        CompletableFuture<Outcome<Camera>> answered = asked();
        IMap<String, byte[]> dumps = studio.cluster.map(CameraWire.DUMPS);
        String first = "default/" + studio.cluster.signals().name() + "-1/0";
        dumps.lock(first);
        try (Exchange delivery = http.send("POST", "/dump/", "{\"logs\": []}".getBytes(UTF_8), JSON)) {
            begins(delivery);
            for (Duration passed = Duration.ZERO; passed.toMinutes() < 2; passed = passed.plus(STEP)) {
                studio.pass(STEP);
                assertFalse(isWanted(), "it goes on, after " + passed);
                assertFalse(delivery.isAnswered(), "it has come whole, after " + passed);
            }
            dumps.unlock(first);
            assertEquals("null\n", delivery.response().body());
            assertEquals(Ending.RELEASED, answered.get().ending());
        }
    }

    @Test
    void aDeliveryThatStopsIsGivenUpAndTheCameraWokenAgain() throws Exception {
        start(AGAIN);
        var unused = asked();
        try (Exchange delivery = http.send("POST", "/dump/", JSON, "Content-Length: 100")) {
            begins(delivery);
            for (int piece = 0; piece < 5; piece++) {
                delivery.write("{".getBytes(UTF_8));
                int bytes = piece + 1;
                await("it has come").until(() -> studio.backlog.bytes() == bytes);
                // Altogether longer than the limit for silence.
                for (int i = 0; i < 10; i++) studio.pass(STEP);
                assertFalse(delivery.isAnswered());
            }
            assertTrue(isWanted(), "nothing has come for a while");
            for (int i = 0; i < 25; i++) studio.pass(STEP);
            assertTrue(delivery.until("for 30 s").startsWith("HTTP/1.1 408 "));
        }
    }

    @Test
    void aDeliveryIsGivenUpAfterThatTimeEvenIfCamerasAreSeldomWokenAgain() throws Exception {
        start(Duration.ofMinutes(5));
        var unused = asked();
        try (Exchange delivery = http.send("POST", "/dump/", JSON, "Content-Length: 100")) {
            begins(delivery);
            for (int i = 0; i < 35; i++) studio.pass(STEP);
            assertTrue(delivery.until("for 30 s").startsWith("HTTP/1.1 408 "));
        }
    }
}
