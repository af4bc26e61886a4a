// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Members;
import io.holdfast.testing.Users;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Cameras, and the users who ask them, when something is lost. */
class CameraFaultsIT {
    private static final String BASIC = Http.basic("USER:PASS");

    private static Members start(Map<String, String> settings) {
        return Members.start(2, settings, Users.of("USER", "PASS"));
    }

    private static void held(Members members, int holds) {
        await("all are held")
                .until(() -> members.get(0).holds() + members.get(1).holds() == holds);
    }

    private static void dump(Http http) {
        Response response = http.send(
                        "POST", "/dump/", "{\"logs\": []}".getBytes(UTF_8), "Content-Type: application/json")
                .response();
        assertEquals(200, response.status(), response.toString());
    }

    @Test
    void withoutSignalsTheSweepsOfTwoMembersFindEachOther() {
        try (Members members = start(Map.of("cluster.signals", "off", "cluster.sweep", "200ms"));
                Exchange poll = members.get(1).http().send("GET", "/updates/?wait=60")) {
            held(members, 1);
            try (Exchange asking = members.get(0).http().send("GET", "/logs/?wait=60", BASIC)) {
                assertEquals("\"updated\"\n", poll.response().body());
                dump(members.get(1).http());
                assertEquals("{\"logs\": []}\n", asking.response().body());
            }
        }
    }

    @Test
    void aPollAndAQuestionThatTheClusterHasLostAreSaidAgain() {
        try (Members members = start(Map.of("cluster.sweep", "200ms"))) {
            Exchange poll = members.get(1).http().send("GET", "/updates/?wait=60");
            held(members, 1);
            await("it is known")
                    .until(() ->
                            !members.get(0).hazelcast().getMap(CameraWire.MAP).isEmpty());
            members.get(0).hazelcast().getMap(CameraWire.MAP).clear();
            try (Exchange asking = members.get(0).http().send("GET", "/logs/?wait=60", BASIC)) {
                assertEquals("\"updated\"\n", poll.response().body());
                members.get(0).hazelcast().getMap(CameraWire.MAP).clear();
                await("it is told again")
                        .until(() ->
                                members.get(1).http().get("/updates/?wait=2").status() == 200);
                dump(members.get(1).http());
                assertEquals("{\"logs\": []}\n", asking.response().body());
            }
        }
    }

    @Test
    void asManyCamerasAsTheSettingsAllowAreKnownAndTheOthersRefused() {
        try (Members members = start(Map.of("camera.limit", "4", "cluster.sweep", "200ms"))) {
            Http http = members.get(0).http();
            await("no more").until(() -> {
                Response response = http.get("/cameras/c" + System.nanoTime() + "/updates/?wait=0");
                assertTrue(response.status() == 204 || response.status() == 507, response.toString());
                return response.status() == 507 && response.body().contains("camera.limit");
            });
        }
    }

    @Test
    void aMemberThatIsFullRefusesAndNothingIsLeftBehind() {
        try (Members members = start(Map.of("hold.limit", "1"))) {
            Http http = members.get(0).http();
            try (Exchange held = http.send("GET", "/cameras/one/updates/?wait=60")) {
                await("it is held").until(() -> members.get(0).holds() == 1);
                for (String path : new String[] {"/cameras/two/updates/", "/cameras/one/logs/?wait=20"}) {
                    Response refused = http.get(path, BASIC);
                    assertEquals(503, refused.status(), refused.toString());
                    assertTrue(refused.header("Retry-After").matches("[1-9]"), refused.toString());
                }
                held.vanish();
            }
        }
    }

    @Test
    void aStalledDeliveryDoesNotKeepTheCameraFromBeingWoken() {
        try (Members members = start(Map.of("camera.again", "1s"))) {
            Http http = members.get(0).http();
            try (Exchange asking = http.send("GET", "/logs/?wait=60", BASIC)) {
                await("it is told").until(() -> http.get("/updates/?wait=5").status() == 200);
                try (Exchange stalling = http.send("POST", "/dump/", "Content-Length: 100")) {
                    assertEquals(200, http.get("/updates/?wait=20").status());
                    assertFalse(stalling.isAnswered());
                    dump(members.get(1).http());
                    assertEquals("{\"logs\": []}\n", asking.response().body());
                }
            }
        }
    }

    @Test
    void dumpsThatTakeTooMuchMemoryAreRefused() {
        try (Members members = start(Map.of("camera.memory", "1MiB", "cluster.sweep", "200ms"))) {
            byte[] dump = ("{\"logs\": \"" + "x".repeat(400_000) + "\"}").getBytes(UTF_8);
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < 20; i++)
                seen.add(members.get(0)
                        .http()
                        .send("POST", "/cameras/c" + i + "/dump/", dump, "Content-Type: application/json")
                        .response()
                        .status());
            assertEquals(Set.of(200, 507), seen);
        }
    }

    @Test
    void ofTwoPollsAtOnceOneIsKept() {
        try (Members members = start(Map.of())) {
            Http http = members.get(0).http();
            for (int round = 0; round < 30; round++) {
                String path = "/cameras/c" + round + "/updates/?wait=60";
                try (Exchange one = http.send("GET", path);
                        Exchange other = http.send("GET", path)) {
                    await("one is over").until(() -> one.isAnswered() || other.isAnswered());
                    assertFalse(one.isAnswered() && other.isAnswered());
                    assertEquals(
                            204, (one.isAnswered() ? one : other).response().status());
                }
            }
        }
    }

    @Test
    void aUserWhoStopsWaitingAtOnceLeavesTheQuestionsOfOthers() {
        try (Members members = start(Map.of())) {
            for (int round = 0; round < 20; round++) {
                String camera = "/cameras/c" + round;
                List<Exchange> brief = new ArrayList<>();
                for (int i = 0; i < 12; i++)
                    brief.add(members.get(0).http().send("GET", camera + "/logs/?wait=0", BASIC));
                try (Exchange asking = members.get(0).http().send("GET", camera + "/logs/?wait=20", BASIC)) {
                    for (Exchange each : brief)
                        assertEquals(504, each.response().status());
                    assertEquals(
                            200,
                            members.get(1)
                                    .http()
                                    .get(camera + "/updates/?wait=10")
                                    .status());
                    assertFalse(asking.isAnswered());
                }
            }
        }
    }
}
