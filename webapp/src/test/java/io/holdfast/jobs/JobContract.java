// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static io.holdfast.testing.Origin.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Origin.Asked;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of jobs, at whichever members they are sent, asked for and performed. */
abstract class JobContract {
    static final Map<String, String> SETTINGS = Map.of(
            "work.port", "free",
            "work.stall", "2s",
            "work.pause", "50ms",
            "work.job-size", "4MiB",
            "work.silence", "3s",
            "work.queue-length", "5");

    private static final String OK = answer(200, "", "done"), ASYNC = "Prefer: respond-async";
    private static final int MEBIBYTE = 1 << 20;

    /** Where jobs are sent. */
    protected abstract Member senders();

    /** Where they are asked for. */
    protected abstract Member askers();

    /** Where workers connect. */
    protected abstract Member workers();

    private final Set<String> sent = new HashSet<>();

    /** The queue is the same for all tests. */
    @AfterEach
    void leaveNothing() {
        for (String job : sent) askers().http().send("DELETE", job).response();
    }

    private DialledIn worker() {
        return DialledIn.to(workers().workerPort());
    }

    private static Asked some(@Nullable Asked request) {
        return Objects.requireNonNull(request, "the connection was closed");
    }

    private Response post(String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add(ASYNC);
        return remembered(senders()
                .http()
                .send("POST", "/work/default" + path, body.getBytes(UTF_8), all.toArray(String[]::new))
                .response());
    }

    private Response send(String method, String path, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add(ASYNC);
        return remembered(senders()
                .http()
                .send(method, "/work/default" + path, all.toArray(String[]::new))
                .response());
    }

    private Response remembered(Response response) {
        if (response.status() == 202) sent.add(path(response));
        return response;
    }

    /** Beneath the context path of a member. */
    private String path(Response accepted) {
        assertEquals(202, accepted.status(), accepted.toString());
        String location = accepted.header("Location");
        assertTrue(location.startsWith(senders().context() + "/jobs/"), location);
        return location.substring(senders().context().length());
    }

    private Response job(String path) {
        return askers().http().get(path);
    }

    private static String member(Response job, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\":(\"[^\"]*\"|[^,}]*)").matcher(job.body());
        assertTrue(matcher.find(), () -> name + " is not in " + job.body());
        return matcher.group(1).replace("\"", "");
    }

    /** Waits as a client does until the job is in this state. */
    private Response until(String path, String state) {
        Response job = job(path);
        for (int i = 0; i < 50 && !member(job, "state").equals(state); i++)
            job = job(path + "?wait=10&after=" + member(job, "version"));
        assertEquals(state, member(job, "state"), job.body());
        return job;
    }

    @Test
    void aJobIsAcceptedAndPerformedAndItsResponseKept() {
        Response accepted = post("/a%20b?x=1", "some body", "X-Mine: 1", "Content-Type: text/strange");
        String path = path(accepted);
        assertEquals("respond-async", accepted.header("Preference-Applied"));
        assertEquals("1", accepted.header("Retry-After"));
        assertEquals("application/json", accepted.header("Content-Type"));
        assertEquals("queued", member(accepted, "state"));
        assertEquals("default", member(accepted, "queue"));
        assertEquals("0", member(accepted, "position"));
        assertEquals("\"1\"", accepted.header("ETag"));
        assertEquals(404, job(path + "/result").status());

        Asked request = some(
                worker().serveOnce(answer(207, "X-Theirs: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", "answer")));
        Response done = until(path, "succeeded");
        Response result = job(path + "/result");

        assertEquals("POST /a%20b?x=1 HTTP/1.1", request.line());
        assertEquals("some body", request.text());
        assertEquals("1", request.header("X-Mine"));
        assertEquals("text/strange", request.header("Content-Type"));
        assertEquals("", request.header("Prefer"));
        assertEquals("1", member(done, "attempts"));
        assertEquals("207", member(done, "status"));
        assertEquals(askers().context() + path + "/result", member(done, "result"));
        assertEquals(207, result.status());
        assertEquals("2", result.header("X-Theirs"));
        assertEquals("a=1, b=2", result.header("Set-Cookie"));
        assertEquals("answer", result.body());
    }

    @Test
    void aClientThatKnowsTheVersionIsHeldUntilTheJobChanges() {
        String path = path(post("/", "x"));
        try (Exchange asking = askers().http().send("GET", path + "?after=1&wait=30");
                Exchange result = askers().http().send("GET", path + "/result?wait=30")) {
            await("both are held").until(() -> askers().holds() >= 2);
            try (DialledIn worker = worker()) {
                assertNotNull(worker.asked());
                Response running = asking.response();
                assertEquals("running", member(running, "state"));
                assertEquals("2", member(running, "version"));
                assertEquals("\"2\"", running.header("ETag"));
                assertFalse(result.isAnswered());
                worker.write(OK);
            }
            assertEquals("done", result.response().body());
        }
    }

    @Test
    void anOldVersionIsAnsweredAtOnceAndAWaitInVainWithTheSameVersion() {
        String path = path(post("/", "x"));
        assertEquals("1", member(job(path + "?after=0&wait=30"), "version"));
        assertEquals("1", member(job(path + "?after=7&wait=30"), "version"), "of a state that was lost");
        assertEquals("1", member(job(path + "?after=1&wait=0"), "version"));
        assertEquals("1", member(job(path + "?after=1&wait=1"), "version"));
        Response same = askers().http().get(path + "?wait=1", "If-None-Match: \"1\"");
        assertEquals(304, same.status());
        assertEquals("\"1\"", same.header("ETag"));
        assertEquals(200, askers().http().get(path, "If-None-Match: \"9\"").status());
        Response head = askers().http().send("HEAD", path).response();
        assertEquals(200, head.status());
        assertEquals("", head.body());
    }

    @Test
    void longBodiesAreKeptWhole() throws Exception {
        byte[] body = new byte[3 * MEBIBYTE + 7];
        for (int i = 0; i < body.length; i++) body[i] = (byte) (i * 31 + i / 251);
        String path = path(remembered(
                senders().http().send("PUT", "/work/default/long", body, ASYNC).response()));
        try (DialledIn worker = worker()) {
            Asked request = some(worker.asked());
            assertTrue(Arrays.equals(body, request.body()));
            OutputStream out = worker.out();
            worker.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length)
                    + "\r\n");
            out.write(body);
            worker.write("\r\n0\r\n\r\n");
        }
        until(path, "succeeded");
        byte[] all = askers().http().send("GET", path + "/result").bytes();

        String start = new String(all, 0, 2_000, java.nio.charset.StandardCharsets.ISO_8859_1);
        int head = start.indexOf("\r\n\r\n") + 4;
        assertTrue(start.startsWith("HTTP/1.1 200"), start);
        assertTrue(start.toLowerCase(java.util.Locale.ROOT).contains("content-length: " + body.length + "\r\n"), start);
        assertTrue(Arrays.equals(body, Arrays.copyOfRange(all, head, all.length)));
        Response first = askers().http().send("HEAD", path + "/result").response();
        assertEquals(200, first.status());
        assertEquals("", first.body());
    }

    @Test
    void aRequestThatIsTooLongIsRefusedAndAResponseIsNotKept() {
        Response refused = senders()
                .http()
                .send("PUT", "/work/default/", new byte[4 * MEBIBYTE + 1], ASYNC)
                .response();
        assertEquals(413, refused.status());

        String path = path(post("/", "x"));
        try (DialledIn worker = worker()) {
            assertNotNull(worker.asked());
            worker.write("HTTP/1.1 200 OK\r\nContent-Length: " + (4 * MEBIBYTE + 1) + "\r\n\r\n");
            assertTrue(worker.isClosed());
        }
        Response dead = until(path, "dead");
        assertTrue(member(dead, "detail").contains("work.job-size"), dead.body());
        assertEquals(404, job(path + "/result").status());
    }

    @Test
    void anEmptyResponseIsAResponse() {
        String path = path(send("GET", "/"));
        worker().serveOnce("HTTP/1.1 204 Fine\r\nX-A: b\r\n\r\n");
        until(path, "succeeded");

        Response result = job(path + "/result");
        assertEquals(204, result.status());
        assertEquals("b", result.header("X-A"));
        assertEquals("", result.body());
    }

    @Test
    void aRequestWithoutABodyHasNone() {
        path(send("DELETE", "/thing", "Content-Length: 0"));
        Asked request = some(worker().serveOnce(OK));

        assertEquals("DELETE /thing HTTP/1.1", request.line());
        assertEquals("0", request.header("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource({"404,succeeded", "500,failed", "501,failed"})
    void theStatusOfTheResponseIsTheStateOfTheJob(int status, String state) {
        String path = path(post("/", "x"));
        worker().serveOnce(answer(status, "", "said"));

        Response ended = until(path, state);
        assertEquals(Integer.toString(status), member(ended, "status"));
        assertEquals(status, job(path + "/result").status());
        assertEquals("said", job(path + "/result").body());
    }

    @Test
    void aWorkerThatAnswersAtOnceMayKeepItsConnection() {
        String keeps = answer(200, "Connection: keep-alive\r\n", "");
        try (DialledIn worker = worker()) {
            for (int i = 0; i < 100; i++) {
                String path = path(post("/" + i, "body"));
                assertEquals("body", some(worker.asked()).text());
                worker.write(keeps);
                until(path, "succeeded");
            }
        }
    }

    @Test
    void aQueuedJobHasAPositionAndIsPerformedInTurn() {
        String first = path(post("/1", "x")),
                second = path(post("/2", "x")),
                third = path(post("/3", "x", "Priority: u=1"));
        assertEquals("0", member(job(third), "position"));
        assertEquals("1", member(job(first), "position"));
        assertEquals("2", member(job(second), "position"));
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 3; i++)
            served.add(some(worker().serveOnce(OK)).line().split(" ", -1)[1]);

        assertEquals(List.of("/3", "/1", "/2"), served);
        assertTrue(Double.parseDouble(member(job(path(post("/4", "x"))), "estimated")) >= 1);
        assertFalse(until(second, "succeeded").body().contains("position"));
    }

    @Test
    void aJobThatIsCancelledWhileItIsQueuedIsNotPerformed() {
        String path = path(post("/cancelled", "x"));
        Response cancelled = askers().http().send("DELETE", path).response();
        assertEquals(200, cancelled.status());
        assertEquals("cancelled", member(cancelled, "state"));
        assertEquals("cancelled", member(askers().http().send("DELETE", path).response(), "state"));

        path(post("/next", "x"));
        assertEquals("POST /next HTTP/1.1", some(worker().serveOnce(OK)).line());
        assertEquals("cancelled", member(job(path), "state"));
        assertEquals(404, job(path + "/result?wait=30").status());
    }

    @Test
    void aJobThatIsCancelledWhileItRunsLosesItsWorker() {
        String path = path(post("/", "x"));
        try (DialledIn worker = worker()) {
            assertNotNull(worker.asked());
            assertEquals(
                    "cancelled", member(askers().http().send("DELETE", path).response(), "state"));
            assertTrue(worker.isClosed());
        }
        assertEquals("cancelled", member(job(path), "state"));
    }

    @Test
    void anEndedJobIsNotCancelled() {
        String path = path(post("/", "x"));
        worker().serveOnce(OK);
        until(path, "succeeded");

        assertEquals("succeeded", member(askers().http().send("DELETE", path).response(), "state"));
        assertEquals("done", job(path + "/result").body());
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void aTemporaryFailureIsTriedAgain(int status) {
        String path = path(send("PUT", "/again", "Content-Length: 0"));
        worker().serveOnce(answer(status, "", "not now"));
        assertEquals("PUT /again HTTP/1.1", some(worker().serveOnce(OK)).line());

        assertEquals("2", member(until(path, "succeeded"), "attempts"));
        assertEquals("done", job(path + "/result").body());
    }

    @Test
    void aJobWhoseWorkersDieIsTriedAgainAndThenDeadAndQueuedAgainByAnOperator() {
        String path = path(post("/poison", "body", "Idempotency-Key: \"poison\""));
        for (int i = 0; i < 3; i++)
            try (DialledIn dying = worker()) {
                assertEquals("body", some(dying.asked()).text());
            }
        Response dead = until(path, "dead");
        assertEquals("3", member(dead, "attempts"));
        assertTrue(member(dead, "detail").contains("closed"), dead.body());
        assertEquals(404, job(path + "/result?wait=30").status());

        Response again = askers().http().post(path + "/requeue");
        assertEquals(200, again.status());
        assertEquals("queued", member(again, "state"));
        assertEquals("0", member(again, "attempts"));
        assertEquals(409, askers().http().post(path + "/requeue").status());
        assertEquals("body", some(worker().serveOnce(OK)).text());
        assertEquals("1", member(until(path, "succeeded"), "attempts"));
    }

    @Test
    void aRequestThatMayNotBeRepeatedIsPerformedOnce() {
        String path = path(post("/once", "x"));
        try (DialledIn dying = worker()) {
            assertNotNull(dying.asked());
        }
        until(path, "dead");

        String other = path(post("/busy", "x"));
        worker().serveOnce(answer(503, "", "busy"));
        assertEquals("503", member(until(other, "dead"), "status"));
        assertEquals("busy", job(other + "/result").body());
    }

    @Test
    void aResponseThatBreaksOffDoesNotCount() {
        String path = path(send("GET", "/half"));
        worker().serveOnce("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\nhalf");
        worker().serveOnce(answer(200, "", "whole"));
        until(path, "succeeded");

        assertEquals("whole", job(path + "/result").body());
    }

    @Test
    void aJobOfASilentWorkerBecomesDead() {
        String path = path(post("/silent", "x"));
        try (DialledIn silent = worker()) {
            assertNotNull(silent.asked());
            assertTrue(silent.isClosed());
        }
        until(path, "dead");
    }

    @Test
    void aWorkerReportsItsProgress() {
        String path = path(post("/", "x"));
        try (DialledIn worker = worker()) {
            assertNotNull(worker.asked());
            worker.write("HTTP/1.1 102 Processing\r\nWork-Progress: {\"percent\":40}\r\n\r\n");
            await("it is told").until(() -> job(path).body().contains("\"progress\":{\"percent\":40}"));
            worker.write("HTTP/1.1 103 Early Hints\r\nWork-Progress: nearly \"there\"\r\n\r\n");
            await("it is told").until(() -> job(path).body().contains("\"progress\":\"nearly \\\"there\\\"\""));
            worker.write(
                    "HTTP/1.1 102 Processing\r\nWork-Progress: " + "[".repeat(1_000) + "]".repeat(1_000) + "\r\n\r\n");
            await("it is told").until(() -> job(path).body().contains("\"progress\":\"[[["));
            worker.write("HTTP/1.1 103 Early Hints\r\nWork-Progress: nearly\r\n\r\n");
            await("it is told").until(() -> job(path).body().contains("\"progress\":\"nearly\""));
            worker.write(OK);
        }
        assertTrue(until(path, "succeeded").body().contains("nearly"));
    }

    @Test
    void theSameKeyIsTheSameJobAndOfAnotherRequestRefused() {
        String key = "Idempotency-Key: \"k-" + System.nanoTime() + "\"";
        String path = path(post("/a?b", "body", key));
        Response again = post("/a?b", "body", key);
        assertEquals(path, path(again));
        assertEquals(path, path(post("/a?b", "body", key.replace("\"", ""))), "quoted or not");
        for (Response other : List.of(
                post("/a?c", "body", key), post("/a?b", "other", key), send("PUT", "/a?b", key, "Content-Length: 0"))) {
            assertEquals(422, other.status(), other.toString());
            assertTrue(other.body().contains("\"field\":\"Idempotency-Key\""), other.body());
            assertTrue(other.body().contains("\"outcome\":\"none\""), other.body());
        }
        assertEquals("0", member(job(path), "position"));
        worker().serveOnce(OK);
        until(path, "succeeded");

        Response late = post("/a?b", "body", key, "Prefer: wait=10");
        assertEquals(200, late.status());
        assertEquals("done", late.body());
        assertEquals(path, path(post("/a?b", "body", key)));
        String elsewhere = senders()
                .http()
                .send("POST", "/work/elsewhere/a?b", "body".getBytes(UTF_8), ASYNC, key)
                .response()
                .header("Location");
        sent.add(elsewhere.substring(senders().context().length()));
        assertNotEquals(senders().context() + path, elsewhere, "a key is of its queue");
    }

    @Test
    void manyWhoSendTheSameAtOnceHaveOneJob() {
        String key = "Idempotency-Key: \"race-" + System.nanoTime() + "\"";
        List<Exchange> all = new ArrayList<>();
        for (int i = 0; i < 12; i++)
            all.add((i % 2 == 0 ? senders() : askers())
                    .http()
                    .send("POST", "/work/default/race", "b".getBytes(UTF_8), ASYNC, key));
        Set<String> jobs = new HashSet<>();
        for (Exchange each : all) jobs.add(member(each.response(), "id"));
        assertEquals(1, jobs.size());
        sent.add("/jobs/" + jobs.iterator().next());

        worker().serveOnce(OK);
        until("/jobs/" + jobs.iterator().next(), "succeeded");
        path(post("/next", "x"));
        assertEquals("POST /next HTTP/1.1", some(worker().serveOnce(OK)).line(), "it is not performed again");
    }

    @Test
    void aClientThatWaitsForTheResponseFirstReceivesItOrTheJob() {
        try (Exchange asking =
                senders().http().send("POST", "/work/default/quick", "x".getBytes(UTF_8), ASYNC + ", wait=20")) {
            worker().serveOnce(answer(203, "X-Theirs: 1\r\n", "quick"));
            Response response = asking.response();
            assertEquals(203, response.status());
            assertEquals("1", response.header("X-Theirs"));
            assertEquals("quick", response.body());
        }
        Response late = post("/late", "x", "Prefer: wait=1");
        String path = path(late);
        assertEquals("respond-async", late.header("Preference-Applied"));
        worker().serveOnce(OK);
        until(path, "succeeded");
    }

    @Test
    void aResponseThatBeginsWhenTheTimeIsUpIsNotLost() {
        for (int i = 0; i < 5; i++)
            try (DialledIn worker = worker();
                    Exchange asking = senders()
                            .http()
                            .send("POST", "/work/default/edge", "x".getBytes(UTF_8), ASYNC + ", wait=1")) {
                assertNotNull(worker.asked());
                long begun = System.nanoTime();
                worker.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndo");
                // Around the second that the client waits, once before and once after.
                long at = 990_000_000L + i * 10_000_000L;
                await().pollInterval(java.time.Duration.ofMillis(1)).until(() -> System.nanoTime() - begun > at);
                worker.write("ne");
                Response response = remembered(asking.response());
                if (response.status() == 202) {
                    until(path(response), "succeeded");
                    assertEquals("done", job(path(response) + "/result").body());
                } else assertEquals("done", response.body());
            }
    }

    @Test
    void aClientThatLeavesHasAJobAllTheSame() {
        double before = senders().meter("holdfast_jobs_succeeded_total");
        double jobs = senders().meter("holdfast_jobs");
        Exchange leaving =
                senders().http().send("POST", "/work/default/left", "x".getBytes(UTF_8), ASYNC + ", wait=20");
        await("it is queued").until(() -> senders().meter("holdfast_jobs") == jobs + 1);
        leaving.vanish();
        worker().serveOnce(OK);
        await("it is done").until(() -> senders().meter("holdfast_jobs_succeeded_total") == before + 1);
    }

    @Test
    void aQueueThatIsFullTakesNoMoreJobs() {
        for (int i = 0; i < 5; i++) path(post("/" + i, "x"));
        String key = "Idempotency-Key: \"full-" + System.nanoTime() + "\"";
        Response refused = post("/more", "x", key);
        assertEquals(503, refused.status(), refused.toString());
        assertFalse(refused.header("Retry-After").isEmpty());
        assertTrue(refused.body().contains("\"outcome\":\"none\""), refused.body());

        for (int i = 0; i < 5; i++)
            assertEquals(
                    "POST /" + i + " HTTP/1.1", some(worker().serveOnce(OK)).line());
        String path = path(post("/more", "x", key));
        assertEquals("POST /more HTTP/1.1", some(worker().serveOnce(OK)).line(), "once, not twice");
        until(path, "succeeded");
    }

    @Test
    void operatorsListJobsByTheirTime() {
        String queue = "list-" + System.nanoTime();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Response accepted = senders()
                    .http()
                    .send("POST", "/work/" + queue + "/", "x".getBytes(UTF_8), ASYNC)
                    .response();
            ids.add(member(remembered(accepted), "id"));
        }
        askers().http().send("DELETE", "/jobs/" + ids.get(2)).response();
        Response first = askers().http().get("/jobs/?queue=" + queue + "&limit=3");
        assertEquals(200, first.status(), first.toString());
        assertEquals(ids.subList(0, 3), ids(first));
        Response rest = askers().http().get("/jobs/?queue=" + queue + "&limit=3&after=" + member(first, "next"));
        assertEquals(ids.subList(3, 5), ids(rest));
        assertFalse(rest.body().contains("next"), rest.body());
        assertEquals(List.of(ids.get(2)), ids(askers().http().get("/jobs/?queue=" + queue + "&state=cancelled")));
        assertEquals(List.of(), ids(askers().http().get("/jobs/?queue=nobody")));
    }

    private static List<String> ids(Response page) {
        Matcher matcher = Pattern.compile("\"id\":\"([0-9a-f]+)\"").matcher(page.body());
        return matcher.results().map(result -> result.group(1)).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/jobs/?state=nonsense",
                "/jobs/?limit=0",
                "/jobs/?limit=1001",
                "/jobs/?after=x",
                "/jobs/JOB?after=x",
                "/jobs/JOB?after=1&wait=-1",
                "/jobs/JOB?wait=x",
                "/jobs/JOB/result?wait=x"
            })
    void meaninglessValuesAreRefused(String path) {
        String job = path(post("/", "x")).substring("/jobs/".length());
        Response refused = job(path.replace("JOB", job));

        assertEquals(400, refused.status(), refused.toString());
        assertTrue(refused.body().contains("\"field\""), refused.body());
    }

    @Test
    void aKeyThatIsTooLongIsRefused() {
        assertEquals(400, post("/", "x", "Idempotency-Key: " + "k".repeat(300)).status());
    }

    @Test
    void anAbsentJobIsNotFound() {
        for (String path : List.of("/jobs/0123", "/jobs/0123/result?wait=9", "/jobs/0123?after=1&wait=9"))
            assertEquals(404, job(path).status(), path);
        assertEquals(
                404, askers().http().send("DELETE", "/jobs/0123").response().status());
        assertEquals(404, askers().http().post("/jobs/0123/requeue").status());
        assertEquals(405, askers().http().post("/jobs/0123").status());
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUp() throws IOException {
        try (Exchange client = senders().http().send("POST", "/work/default/", "Content-Length: 1000", ASYNC)) {
            client.write(new byte[10]);
            assertEquals(408, client.response().status());
        }
    }

    @Test
    void pagesFromElsewhereMayNotCancel() {
        String path = path(post("/", "x"));
        Response refused = askers().http()
                .send("DELETE", path, "Origin: http://elsewhere.example")
                .response();

        assertEquals(403, refused.status());
        assertEquals("queued", member(job(path), "state"));
    }
}
