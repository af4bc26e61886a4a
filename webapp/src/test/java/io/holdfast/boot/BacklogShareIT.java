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
}
