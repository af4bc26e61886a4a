// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Users;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The answers of a member that goes down, as the page of the standalone run tells them. */
class DrainAnswersIT {
    private static final String KNOWN = Http.basic("ann:secret");

    private final Map<String, Http.Exchange> held = new LinkedHashMap<>();

    private void hold(Member member, String name, String method, String path, String... headers) {
        int before = member.holds();
        held.put(
                name,
                method.equals("GET")
                        ? member.http().send("GET", path, headers)
                        : member.http().send(method, path, "{}".getBytes(UTF_8), headers));
        await(name + " is held").until(() -> member.holds() == before + 1);
    }

    private Response answer(String name, int status) {
        Response response = held.get(name).response();
        assertEquals(status, response.status(), name + ": " + response.body());
        if (status == 503) assertFalse(response.header("Retry-After").isEmpty(), name);
        return response;
    }

    @Test
    void eachIsToldWhatThePageSays() {
        try (Member member = Member.start(Map.of("drain.window", "0s"), Users.of("ann", "secret"))) {
            Response job = member.http()
                    .send("POST", "/work/jobs/x", new byte[] {1}, "Prefer: respond-async")
                    .response();
            String path = job.header("Location").substring(member.context().length());
            hold(member, "counter", "GET", "/counter/value/?last=0");
            hold(member, "poll", "GET", "/channels/a/events?wait=60");
            hold(member, "stream", "GET", "/channels/a/events", "Accept: text/event-stream");
            hold(member, "logs", "GET", "/cameras/absent/logs/?wait=60", KNOWN);
            hold(member, "command", "POST", "/cameras/absent/commands?wait=60", KNOWN);
            hold(member, "camera", "GET", "/cameras/door/updates/?wait=60");
            hold(member, "work", "GET", "/work/q/x");
            hold(member, "worker", "GET", "/workers/other/next?wait=60");
            hold(member, "job", "GET", path + "?after=" + version(job) + "&wait=60");
            member.holdfast().drain();

            assertEquals("{}\n", answer("counter", 200).body());
            answer("poll", 204);
            answer("stream", 200);
            answer("logs", 503);
            assertTrue(answer("command", 503).body().contains("\"outcome\":\"none\""));
            answer("camera", 204);
            assertTrue(answer("work", 503).body().contains("\"outcome\":\"none\""));
            answer("worker", 204);
            assertTrue(answer("job", 200).body().contains("\"state\":\"queued\""));
        }
    }

    private static String version(Response job) {
        return job.body().replaceFirst("(?s).*\"version\":([0-9]+).*", "$1");
    }
}
