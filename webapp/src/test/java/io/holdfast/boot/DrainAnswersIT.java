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
import io.holdfast.testing.Origin;
import io.holdfast.testing.Ports;
import io.holdfast.testing.Users;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        return answer(name, status, status == 503);
    }

    private Response answer(String name, int status, boolean later) {
        Response response = held.get(name).response();
        assertEquals(status, response.status(), name + ": " + response.body());
        if (later) assertFalse(response.header("Retry-After").isEmpty(), name);
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

    private static final String SSE = "Accept: text/event-stream", PAGE = "Origin: http://page.example";

    /** A browser comes back after the end of a stream, but not after a refusal. */
    private void endsAtOnce(String name) {
        Response ended = answer(name, 200);
        assertTrue(ended.header("Content-Type").startsWith("text/event-stream"), ended.toString());
        assertTrue(ended.body().matches("retry: [0-9]{4}\n"), ended.body());
        assertEquals("http://page.example", ended.header("Access-Control-Allow-Origin"), name);
    }

    @Test
    void aStreamOfARouteOrQueueThatIsRefusedIsNotOverForTheBrowser(@TempDir Path folder) throws Exception {
        try (Origin away = Origin.that((asked, out) -> Origin.write(out, Origin.answer(503, "", "mine")))) {
            String patience = ",try_duration=300,max_waiting=1";
            Path routes = Files.write(
                    folder.resolve("routes"),
                    List.of(
                            "*,path_beg=/b/ 127.0.0.1:" + Ports.free() + patience,
                            "*,path_beg=/own/ 127.0.0.1:" + away.port()));
            try (Member member =
                    Member.start(Map.of("drain.window", "0s", "hold.limit", "1", "proxy.routes", routes.toString()))) {
                refusedWhileFull(member);
                refusedAfterItsClose(member);
            }
        }
    }

    private void refusedWhileFull(Member member) {
        Http.Exchange one = member.http().send("GET", "/b/x", SSE, PAGE),
                other = member.http().send("GET", "/b/x", SSE, PAGE);
        await("one of them has the place").until(() -> one.isAnswered() || other.isAnswered());
        held.put("waiting", one.isAnswered() ? other : one);
        held.put("full stream", one.isAnswered() ? one : other);
        endsAtOnce("full stream");
        held.put("full route", member.http().send("GET", "/b/x"));
        answer("full route", 503);
        held.put("post", member.http().send("POST", "/b/x", new byte[] {1}, SSE));
        answer("post", 503);
        hold(member, "work", "GET", "/work/q/x", SSE, PAGE);
        held.put("full queue", member.http().send("GET", "/work/q/x"));
        assertTrue(answer("full queue", 503).body().contains("\"outcome\":\"none\""));
        held.put("full queue", member.http().send("GET", "/work/q/x", "Accept: text/event-stream;q=0, */*"));
        answer("full queue", 503);
        held.put("full stream", member.http().send("GET", "/work/q/x", SSE, PAGE));
        endsAtOnce("full stream");
        held.put("own", member.http().send("GET", "/own/x", SSE, PAGE));
        assertEquals("mine", answer("own", 503, false).body());
    }

    private void refusedAfterItsClose(Member member) {
        member.holdfast().drain();
        endsAtOnce("work");
        held.put("drained", member.http().send("GET", "/work/q/x", SSE, PAGE));
        endsAtOnce("drained");
        assertFalse(held.get("waiting").isAnswered());
        member.holdfast().close();
        endsAtOnce("waiting");
        held.put("closed", member.http().send("GET", "/b/x", SSE, PAGE));
        endsAtOnce("closed");
    }

    private static String version(Response job) {
        return job.body().replaceFirst("(?s).*\"version\":([0-9]+).*", "$1");
    }
}
