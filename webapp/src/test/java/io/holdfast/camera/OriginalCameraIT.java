// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Members;
import io.holdfast.testing.OwnTime;
import io.holdfast.testing.Users;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The original camera at two members, with the default settings; and users, each of whom must get the new events. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginalCameraIT {
    private static final String BASIC = Http.basic("USER:PASS");
    /** Before a wake-up that was swallowed would be repeated. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private Members members = Members.start(0, Map.of());

    @BeforeAll
    void start() {
        members = Members.start(2, Map.of(), Users.of("USER", "PASS"));
    }

    @AfterAll
    void stop() {
        members.close();
    }

    private OriginalCamera camera(Duration patience) {
        return new OriginalCamera(List.of(http(0), http(1)), patience);
    }

    private Http http(int member) {
        return members.get(member).http();
    }

    private Exchange ask(int member) {
        return http(member).send("GET", "/logs/", BASIC);
    }

    private void held(int holds) {
        await("so many are held")
                .until(() -> members.get(0).holds() + members.get(1).holds() == holds);
    }

    private static String logs(Exchange asking) {
        Response answer = asking.response();
        assertEquals(200, answer.status(), answer.toString());
        assertTrue(answer.body().matches("\\{\"logs\": \\[.*]}\n"), answer.body());
        return answer.body();
    }

    /** An event that happens now is in the answer to a user who asks now. */
    private void isDeliveredSoon(OriginalCamera camera, int member, String what) {
        camera.happens(what);
        isGiven(what, ask(member));
    }

    private static void isGiven(String what, Exchange asking) {
        long since = OwnTime.now();
        String logs = logs(asking);
        assertTrue(logs.contains("\"" + what + "."), logs);
        Duration took = OwnTime.since(since);
        assertTrue(took.compareTo(SOON) < 0, what + " took " + took);
    }

    @Test
    void aQuestionToTheOriginalCameraIsAnsweredWithANewerDump() throws Exception {
        try (OriginalCamera camera = camera(OriginalCamera.PATIENCE)) {
            twoAtOnceCostOneWakeUp(camera);
            isDeliveredSoon(camera, 0, "Detected Motion");
            aQuestionDuringADeliveryIsAnsweredByTheNextOne(camera);
            isDeliveredSoon(camera, 1, "Move Right");
            await("it gives a poll up").atMost(Duration.ofSeconds(20)).until(() -> camera.givenUp() > 0);
            held(1);
            isDeliveredSoon(camera, 0, "Brightness Down");
            held(1);
            assertEquals(List.of(), camera.faults());
        }
    }

    private void twoAtOnceCostOneWakeUp(OriginalCamera camera) {
        camera.happens("Move Left");
        try (Exchange one = ask(0);
                Exchange other = ask(1)) {
            held(2);
            camera.start();
            String logs = logs(one);
            assertTrue(logs.contains("\"Move Left."), logs);
            assertEquals(logs, logs(other));
        }
        held(1);
        assertEquals(1, camera.delivered(), "deliveries");
    }

    private void aQuestionDuringADeliveryIsAnsweredByTheNextOne(OriginalCamera camera) {
        CountDownLatch rest = new CountDownLatch(1);
        int before = camera.begun();
        camera.slowDown(rest);
        camera.happens("Move Up");
        try (Exchange early = ask(0)) {
            await("half of it has come").until(() -> camera.begun() > before);
            await("the cluster knows it").pollDelay(Duration.ofMillis(500)).until(() -> true);
            camera.happens("Move Down");
            try (Exchange late = ask(1)) {
                held(3);
                rest.countDown();
                isGiven("Move Up", early);
                isGiven("Move Down", late);
            }
        }
        assertEquals(before + 2, camera.begun(), "deliveries");
    }

    /** The camera gives up often, and polls another member each time. */
    @Test
    void aCameraThatKeepsGivingUpItsPollsIsWokenAllTheSame() throws Exception {
        try (OriginalCamera camera = camera(Duration.ofSeconds(1))) {
            camera.start();
            for (int round = 1; round <= 2; round++) {
                int before = camera.givenUp();
                await("it gives a poll up").until(() -> camera.givenUp() > before);
                held(1);
                isDeliveredSoon(camera, round % 2, "Round " + round);
            }
            assertEquals(List.of(), camera.faults());
        }
    }
}
