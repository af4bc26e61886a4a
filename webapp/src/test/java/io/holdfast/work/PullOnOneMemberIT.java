// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import org.junit.jupiter.api.Test;

/** The contract where there is one member. */
class PullOnOneMemberIT extends PullContract {
    private static final int MEMBERS = 1;

    PullOnOneMemberIT() {
        super(MEMBERS);
    }

    @Test
    void aDrainLetsGoOfThoseWhoAskAndOfNobodyWhoIsAtWork() {
        try (Member member = Member.start(SETTINGS)) {
            Http http = member.http();
            Http.Exchange client = http.send("GET", "/work/q/");
            Response given = http.get("/workers/q/next?wait=20");
            Http.Exchange idle = http.send("GET", "/workers/q/next?wait=20");
            await("it is idle").until(() -> member.meter("holdfast_work_idle") == 1);

            member.holdfast().drain();

            assertEquals(204, idle.response().status());
            Response refused = http.get("/workers/q/next?wait=20");
            assertEquals(503, refused.status());
            assertFalse(refused.header("Retry-After").isEmpty());
            String path = "/workers/q/" + given.header("Work-Id") + "/", token = "?token=" + given.header("Work-Token");
            assertEquals(204, http.post(path + "ack" + token).status());
            assertEquals(204, http.post(path + "response" + token).status());
            assertEquals(200, client.response().status());
        }
    }
}
