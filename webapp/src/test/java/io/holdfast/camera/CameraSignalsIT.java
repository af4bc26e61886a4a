// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Members;
import io.holdfast.testing.Users;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The signals of a camera's polls to the other members. Every camera polls for ever, so signals to all for each poll add up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CameraSignalsIT {
    /** No sweep helps a signal. */
    private static final Map<String, String> SETTINGS = Map.of("cluster.sweep", "1m");

    private static final String BASIC = Http.basic("USER:PASS");

    private Members members = Members.start(0, Map.of());
    private final List<String> signals = new CopyOnWriteArrayList<>();

    @BeforeAll
    void start() {
        members = Members.start(2, SETTINGS, Users.of("USER", "PASS"));
        members.get(0)
                .hazelcast()
                .getTopic("holdfast.signals")
                .addMessageListener(
                        message -> signals.add(message.getMessageObject().toString()));
    }

    @AfterAll
    void stop() {
        members.close();
    }

    @BeforeEach
    void forget() {
        signals.clear();
    }

    private Exchange poll(int member, String camera, String query) {
        return members.get(member).http().send("GET", "/cameras/" + camera + "/updates/" + query);
    }

    private Exchange held(int member, String camera) {
        Exchange poll = poll(member, camera, "?wait=60");
        await("it is held").until(() -> isListed(camera, true));
        return poll;
    }

    private boolean isListed(String camera, boolean connected) {
        String all = members.get(0).http().get("/cameras/", BASIC).body();
        return all.contains("\"id\":\"" + camera + "\",\"connected\":" + connected);
    }

    /** How many signals were sent about this camera; those of one member arrive in order. */
    private long said(String camera) {
        return signals.stream()
                .filter(signal -> signal.contains("room=camera,") && signal.contains("name=" + camera + ","))
                .count();
    }

    private static void isReplaced(Exchange older) {
        assertEquals(204, older.response().status());
    }

    @Test
    void onlyAPollThatReplacesOneAtAnotherMemberIsSaidToTheOthers() {
        Exchange older = held(1, "moves");
        for (int i = 0; i < 5; i++) {
            Exchange newer = poll(1, "moves", "?wait=60");
            isReplaced(older);
            older = newer;
        }
        try (Exchange first = poll(0, "moves", "?wait=60")) {
            isReplaced(older);
            try (Exchange second = poll(1, "moves", "?wait=60")) {
                isReplaced(first);
                await("both have said it").until(() -> said("moves") >= 2);
                assertEquals(2, said("moves"), signals.toString());
                assertFalse(second.isAnswered());
            }
        }
    }

    @Test
    void aPollThatWasOverIsReplacedSilentlyAtAnyMember() {
        for (int i = 0; i < 4; i++) {
            assertEquals(204, poll(i % 2, "over", "?wait=0").response().status());
            await("it is known to be over").until(() -> isListed("over", false));
        }
        try (Exchange older = held(0, "over");
                Exchange newer = poll(1, "over", "?wait=60")) {
            isReplaced(older);
            await("it is said").until(() -> said("over") >= 1);
            assertEquals(1, said("over"), signals.toString());
            assertFalse(newer.isAnswered());
        }
    }
}
