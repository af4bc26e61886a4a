// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Members;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A publication to several channels, of which one takes its item and another does not. */
class PublishOutcomeIT {

    private static Response publish(Http http, String... channels) {
        String items = Stream.of(channels)
                .map(channel -> "{\"channel\":\"" + channel + "\",\"http-stream\":{\"content\":\"x\"}}")
                .collect(Collectors.joining(",", "{\"items\":[", "]}"));
        return http.send("POST", "/publish/", items.getBytes(UTF_8), "Content-Type: application/json")
                .response();
    }

    @Test
    void whatWasDoneInPartIsNotSaidToBeUndone() {
        try (Members members = Members.start(1, Map.of("channel.limit", "2", "cluster.sweep", "100ms"))) {
            Http http = members.get(0).http();
            assertEquals(200, publish(http, "a", "b").status());
            await("the channels are counted").until(() -> publish(http, "c").status() == 503);
            Response none = publish(http, "c", "d"), some = publish(http, "c", "a", "d");

            assertTrue(none.body().contains("\"outcome\":\"none\""), none.body());
            assertEquals(503, some.status());
            assertTrue(some.body().contains("\"outcome\":\"unknown\""), some.body());
        }
    }
}
