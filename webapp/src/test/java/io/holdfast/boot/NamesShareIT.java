// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Strangers who make names without end leave room for those of callers that are more than anybody. */
class NamesShareIT {
    private static final int LIMIT = 20, OPEN = 15;
    /** A caller that comes through a proxy is anybody. */
    private static final String STRANGER = "X-Forwarded-For: 203.0.113.9";

    @Test
    void strangersTakeThreeQuartersOfTheQueues() {
        try (Member member = Member.start(Map.of("work.queues", Integer.toString(LIMIT)))) {
            Http http = member.http();
            for (int i = 0; i < LIMIT; i++)
                assertEquals(
                        i < OPEN ? 202 : 507, submit(http, "s" + i, STRANGER).status(), "stranger " + i);
            assertEquals(
                    507,
                    http.get("/work/stranger/x", STRANGER, "Prefer: wait=1").status());
            assertEquals(504, http.get("/work/ours/x", "Prefer: wait=1").status(), "it has waited");
            for (int i = OPEN + 1; i < LIMIT; i++)
                assertEquals(202, submit(http, "o" + i).status());
        }
    }

    @Test
    void strangersTakeThreeQuartersOfTheJobs() {
        try (Member member = Member.start(Map.of("work.jobs", Integer.toString(LIMIT)))) {
            Http http = member.http();
            for (int i = 0; i < LIMIT; i++)
                assertEquals(i < OPEN ? 202 : 507, submit(http, "one", STRANGER).status(), "stranger " + i);
            for (int i = OPEN; i < LIMIT; i++)
                assertEquals(202, submit(http, "one").status());
            assertEquals(507, submit(http, "one").status());
        }
    }

    private static Response submit(Http http, String queue, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Prefer: respond-async");
        return http.send("POST", "/work/" + queue + "/x", new byte[1], all.toArray(String[]::new))
                .response();
    }
}
