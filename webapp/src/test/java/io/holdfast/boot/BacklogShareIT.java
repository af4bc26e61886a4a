// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Slow clients that are anybody do not stop publishers. */
class BacklogShareIT {
    private static final byte[] MUCH = new byte[100_000];

    @Test
    void slowUploadsLeaveRoomForPublishers() {
        try (Member member = Member.start(Map.of("hold.backlog", "1MiB"))) {
            Http http = member.http();
            List<Exchange> slow = new ArrayList<>();
            // One after the other: of several that come at the same moment, more are refused than have no room.
            do {
                Exchange upload = http.send(
                        "POST", "/cameras/c" + slow.size() + "/dump/", "Content-Length: " + (MUCH.length + 1));
                upload.write(MUCH);
                slow.add(upload);
                double all = (double) slow.size() * MUCH.length;
                await("it has come or is refused")
                        .until(() -> upload.isAnswered() || member.meter("holdfast_backlog_bytes") == all);
            } while (!slow.get(slow.size() - 1).isAnswered());
            assertEquals(
                    503,
                    http.send("POST", "/cameras/more/dump/", MUCH).response().status());

            assertEquals(
                    201,
                    http.send("POST", "/channels/news/events", MUCH).response().status());
            assertTrue(slow.size() > 5, "there was room for " + (slow.size() - 1));
            assertEquals(
                    slow.size() - 1,
                    slow.stream().filter(upload -> !upload.isAnswered()).count(),
                    "the others go on");
            slow.forEach(Exchange::close);
        }
    }

    @Test
    void longHeadsOfHeldRequestsCountUntilTheyAreAnswered() {
        try (Member member = Member.start(Map.of("hold.backlog", "1MiB"))) {
            Http http = member.http();
            String head = "X-Long: " + "x".repeat(6_000);
            List<Exchange> held = new ArrayList<>();
            do {
                int holds = held.size();
                Exchange poll = http.send("GET", "/counters/c/value/?last=0&wait=60", head);
                held.add(poll);
                await("it is held or refused").until(() -> poll.isAnswered() || member.holds() == holds + 1);
            } while (!held.get(held.size() - 1).isAnswered());
            Exchange refused = held.remove(held.size() - 1);
            assertEquals(503, refused.response().status());
            assertTrue(member.meter("holdfast_backlog_bytes") >= 6_000 * held.size(), "those that are held count");
            assertEquals(200, http.get("/counters/c/value/").status(), "a short head costs nothing");
            assertEquals(200, http.post("/counters/c/value/").status(), "nor does one of an operation");

            for (Exchange poll : held) assertEquals(200, poll.response().status());
            await("nothing is left of them").until(() -> member.meter("holdfast_backlog_bytes") == 0);
            assertTrue(held.size() > 50, "there was room for " + held.size());
        }
    }

    @Test
    void longHeadsOfStreamsCountUntilTheyEnd() {
        try (Member member = Member.start(Map.of("hold.backlog", "1MiB"))) {
            Exchange stream = member.http()
                    .send("GET", "/channels/news/events", "X-Long: " + "x".repeat(6_000), "Accept: text/event-stream");
            stream.until("text/event-stream");
            assertTrue(member.meter("holdfast_backlog_bytes") >= 6_000);
            stream.vanish();
            await("nothing is left of it").until(() -> member.meter("holdfast_backlog_bytes") == 0);
        }
    }
}
