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
            for (int i = 0; i < 15; i++) {
                Exchange upload = http.send("POST", "/cameras/c" + i + "/dump/", "Content-Length: 100001");
                upload.write(MUCH);
                slow.add(upload);
            }
            await("anybody is refused").until(() -> slow.stream().anyMatch(Exchange::isAnswered));
            assertEquals(
                    503,
                    http.send("POST", "/cameras/more/dump/", MUCH).response().status());

            assertEquals(
                    201,
                    http.send("POST", "/channels/news/events", MUCH).response().status());
            assertTrue(slow.stream().filter(upload -> !upload.isAnswered()).count() >= 5, "the others go on");
            slow.forEach(Exchange::close);
        }
    }
}
