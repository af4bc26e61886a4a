// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Members;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The arrival and departure of readers, published in a channel of its own. */
class PresenceIT {
    private static final Map<String, String> SETTINGS =
            Map.of("channel.presence", "room-*", "cluster.sweep", "200ms", "channel.heartbeat", "1s");

    @Test
    void theFirstReaderAndTheLastDepartureAreAnnounced() {
        try (Members members = Members.start(2, SETTINGS)) {
            String told = "/channels/room-1~presence/events?wait=20&after=";
            try (Exchange first = members.get(0).http().send("GET", "/channels/room-1/events?wait=60")) {
                Response came = members.last().http().get(told + "earliest");
                assertEquals(200, came.status());
                assertTrue(came.body().contains("\"type\":\"present\""), came.body());
                String cursor = came.header("ETag").replace("\"", "");
                try (Exchange second = members.last().http().send("GET", "/channels/room-1/events?wait=60")) {
                    await("both wait")
                            .until(() -> members.get(0).holds() == 1
                                    && members.last().holds() == 1);
                    release(members);
                    first.response();
                    second.response();
                }
                Response left = members.get(0).http().get(told + cursor);
                assertTrue(left.body().contains("\"type\":\"absent\""), left.body());
            }
        }
    }

    /** Lets both readers go; they do not come back. */
    private static void release(Members members) {
        Response published = members.get(0)
                .http()
                .send("POST", "/channels/room-1/events", new byte[] {1}, "Content-Type: image/png")
                .response();
        assertEquals(201, published.status());
    }

    @Test
    void aReaderThatComesBackSoonHasNotLeft() {
        try (Members members = Members.start(1, SETTINGS)) {
            String told = "/channels/room-2~presence/events?after=";
            for (int i = 0; i < 8; i++) members.get(0).http().get("/channels/room-2/events?wait=1");

            Response all = members.get(0).http().get(told + "earliest");
            assertTrue(all.body().contains("\"type\":\"present\""), all.body());
            assertTrue(!all.body().contains("absent"), all.body());
            await("it has left")
                    .atMost(Duration.ofSeconds(15))
                    .until(() ->
                            members.get(0).http().get(told + "earliest").body().contains("\"type\":\"absent\""));
        }
    }
}
