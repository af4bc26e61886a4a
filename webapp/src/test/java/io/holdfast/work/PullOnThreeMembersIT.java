// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract where each request goes to another member than the one before. */
class PullOnThreeMembersIT extends PullContract {
    private static final int MEMBERS = 3;

    PullOnThreeMembersIT() {
        super(MEMBERS);
    }

    private static int post(Member at, Response given, String what) {
        return at.http()
                .post("/workers/q/" + given.header("Work-Id") + "/" + what + "?token=" + given.header("Work-Token"))
                .status();
    }

    @Test
    void aLeaseOutlivesTheMemberThatItsWorkerAskedAndNotThatOfItsClient() {
        try (Members three = Members.start(MEMBERS, SETTINGS)) {
            Http.Exchange client = three.get(2).http().send("GET", "/work/q/");
            Response given = three.get(0).http().get("/workers/q/next?wait=20");
            assertEquals(204, post(three.get(0), given, "ack"));
            three.get(0).close();
            assertEquals(204, post(three.get(1), given, "extend"));
            assertEquals(204, post(three.get(1), given, "response"));
            assertEquals(200, client.response().status());

            try (Http.Exchange lost = three.get(2).http().send("GET", "/work/q/")) {
                Response second = three.get(1).http().get("/workers/q/next?wait=20");
                assertEquals(204, post(three.get(1), second, "ack"));
                three.get(2).close();
                lost.rest();
                for (String what : List.of("ack", "extend", "release", "response"))
                    assertEquals(409, post(three.get(1), second, what), what);
            }
        }
    }
}
