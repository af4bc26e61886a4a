// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static io.holdfast.testing.Origin.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.testing.Origin.Asked;
import io.holdfast.testing.Users;
import io.holdfast.work.queue.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs when something is lost, late or too much. */
class JobFaultsIT {
    private static final String ASYNC = "Prefer: respond-async", OK = answer(200, "", "done");
    private static final byte[] BODY = "body".repeat(100_000).getBytes(UTF_8);

    private static Members start(int count, String... more) {
        Map<String, String> settings = new HashMap<>(
                Map.of("work.port", "free", "work.pause", "50ms", "cluster.sweep", "200ms", "work.silence", "60s"));
        for (int i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
        Members members = Members.start(count, settings, Users.of("USER", "PASS"));
        await("everything has its backups")
                .until(() -> members.get(0).hazelcast().getPartitionService().isClusterSafe());
        return members;
    }

    private static String path(Response accepted) {
        assertEquals(202, accepted.status(), accepted.toString());
        return accepted.header("Location").replaceFirst("^/[^/]*", "");
    }

    private static String send(Member member, String method, String name) {
        return path(
                member.http().send(method, "/work/default/" + name, BODY, ASYNC).response());
    }

    private static String state(Member member, String path) {
        Response job = member.http().get(path);
        Matcher matcher = Pattern.compile("\"state\":\"([a-z]+)\"").matcher(job.body());
        return matcher.find() ? matcher.group(1) : job.toString();
    }

    private static void until(Member member, String path, String state) {
        await(path + " is " + state).until(() -> state(member, path).equals(state));
    }

    private static Asked some(@Nullable Asked request) {
        return Objects.requireNonNull(request, "the connection was closed");
    }

    private static void terminate(Member member) {
        HazelcastInstance gone = member.hazelcast();
        gone.getLifecycleService().terminate();
    }

    private static void perform(Member workers, String line) {
        try (DialledIn worker = DialledIn.to(workers.workerPort())) {
            Asked request;
            try {
                request = some(worker.asked());
            } catch (RuntimeException e) {
                throw new AssertionError(workers.http().get("/jobs/").body(), e);
            }
            assertEquals(line, request.line());
            assertEquals(BODY.length, request.body().length);
            worker.write(OK);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void queuedJobsSurviveTheLossOfTheMemberTheyWereSentToInTheirOrder(boolean crashes) {
        try (Members members = start(3)) {
            List<String> paths = new ArrayList<>();
            for (int i = 0; i < 6; i++) paths.add(send(members.get(0), "POST", Integer.toString(i)));
            String lost = name(members.get(0));
            if (crashes) terminate(members.get(0));
            else members.get(0).close();
            Member left = members.last();
            await("all are in the queue again").until(() -> paths.equals(waitingAtOthers(left, lost)));
            for (String path : paths)
                assertTrue(left.http().get(path).body().contains("\"position\":" + paths.indexOf(path)));

            for (int i = 0; i < paths.size(); i++) perform(left, "POST /" + i + " HTTP/1.1");
            for (String path : paths) {
                until(members.get(1), path, "succeeded");
                assertEquals("done", left.http().get(path + "/result").body());
            }
        }
    }

    private static String name(Member member) {
        return member.hazelcast().getCluster().getLocalMember().getAttribute("holdfast.name");
    }

    private static List<String> waitingAtOthers(Member member, String lost) {
        Queue queue =
                member.hazelcast().<String, Queue>getMap("holdfast.queues").get("default");
        return queue == null
                ? List.of()
                : queue.waiting().stream()
                        .filter(request -> !request.member().equals(lost))
                        .map(request -> "/jobs/" + request.id())
                        .toList();
    }

    @Test
    void aRunningJobWhoseHomeIsLostIsTriedAgainOrDeadAndItsWorkerIsLetGo() {
        try (Members members = start(3);
                DialledIn one = DialledIn.to(members.last().workerPort())) {
            String repeatable = send(members.get(0), "PUT", "again");
            assertNotNull(one.asked());
            try (DialledIn other = DialledIn.to(members.get(1).workerPort())) {
                String once = send(members.get(0), "POST", "once");
                assertNotNull(other.asked());
                terminate(members.get(0));

                assertTrue(one.isClosed());
                assertTrue(other.isClosed());
                perform(members.get(1), "PUT /again HTTP/1.1");
                until(members.last(), repeatable, "succeeded");
                until(members.last(), once, "dead");
                assertTrue(members.last().http().get(once).body().contains("gone"));
                assertEquals(200, members.last().http().post(once + "/requeue").status());
                perform(members.last(), "POST /once HTTP/1.1");
                until(members.get(1), once, "succeeded");
            }
        }
    }

    @Test
    void aRunningJobWhoseWorkersMemberIsLostIsTriedAgain() {
        try (Members members = start(3);
                DialledIn worker = DialledIn.to(members.last().workerPort())) {
            String path = send(members.get(0), "PUT", "again");
            assertNotNull(worker.asked());
            terminate(members.last());
            perform(members.get(1), "PUT /again HTTP/1.1");
            until(members.get(1), path, "succeeded");
        }
    }

    @Test
    void anAcknowledgedJobSurvivesTheLossOfAnyMemberAtAnyMoment() throws Exception {
        int jobs = 30;
        for (int lost = 0; lost < 2; lost++)
            try (Members members = start(3)) {
                Member stays = members.get(1);
                Set<String> performed = ConcurrentHashMap.newKeySet();
                List<String> paths = new ArrayList<>();
                Thread workers = new Thread(() -> {
                    while (!Thread.currentThread().isInterrupted())
                        try (DialledIn worker = DialledIn.to(stays.workerPort())) {
                            Asked request = worker.asked();
                            if (request == null) continue;
                            worker.write(answer(200, "", request.line()));
                            performed.add(request.line());
                        } catch (RuntimeException gone) {
                            // The next one connects.
                        }
                });
                workers.start();
                Member sender = members.get(lost == 0 ? 0 : 1), victim = members.get(lost == 0 ? 0 : 2);
                CompletableFuture<Void> crash = new CompletableFuture<>();
                for (int i = 0; i < jobs; i++) {
                    if (i == jobs / 2) crash = CompletableFuture.runAsync(() -> terminate(victim));
                    Response response = sender.http()
                            .send("PUT", "/work/default/" + i, BODY, ASYNC)
                            .response();
                    if (response.status() == 202) paths.add(path(response));
                    else assertTrue(response.body().contains("outcome"), response.toString());
                }
                crash.join();
                assertTrue(paths.size() >= jobs / 2, paths.toString());
                for (String path : paths) {
                    until(stays, path, "succeeded");
                    assertTrue(stays.http().get(path + "/result").body().startsWith("PUT /"), path);
                }
                workers.interrupt();
                DialledIn last = DialledIn.to(stays.workerPort());
                last.close();
                assertTrue(performed.size() >= paths.size());
                // It may be waiting to be asked.
                send(stays, "PUT", "end");
                workers.join(30_000);
                assertFalse(workers.isAlive());
            }
    }

    @Test
    void aJobThatHasJustEndedKeepsItsResponseThoughItsHomeIsLost() {
        try (Members members = start(3)) {
            String path = send(members.get(0), "POST", "done");
            try (DialledIn worker = DialledIn.to(members.get(1).workerPort())) {
                assertNotNull(worker.asked());
                worker.write(answer(200, "", "x".repeat(700_000)));
            }
            until(members.last(), path, "succeeded");
            terminate(members.get(0));
            assertEquals(
                    700_000, members.last().http().get(path + "/result").body().length());
        }
    }

    @Test
    void aHomeThatOnlySleptChangesNothingWhenItWakesUp() {
        try (Members members = start(1)) {
            Member member = members.get(0);
            String path = send(member, "PUT", "slow"), id = path.substring("/jobs/".length());
            IMap<String, Job> jobs = member.hazelcast().getMap(JobWire.JOBS);
            try (DialledIn worker = DialledIn.to(member.workerPort())) {
                assertNotNull(worker.asked());
                // Another member takes this one for lost and adopts the job.
                Job running = Objects.requireNonNull(jobs.get(id));
                JobStep adopted = new JobStep.Adopt("other", running.term(), new Job.Retries(3, 3_600_000, 1_000));
                jobs.lock(id);
                try {
                    jobs.set(id, adopted.apply(Objects.requireNonNull(jobs.get(id)), running.updated()));
                } finally {
                    jobs.unlock(id);
                }
                worker.write(OK);
            }
            await("it is taken up again, as that other is not there").until(() -> name(member)
                    .equals(Objects.requireNonNull(jobs.get(id)).home()));
            assertEquals("queued", state(member, path));
            assertEquals(404, member.http().get(path + "/result").status());
        }
    }

    @Test
    void withoutSignalsTheSweepReleasesWaitersAndUpdatesTheHome() {
        try (Members members = start(2, "cluster.signals", "off")) {
            String path = send(members.get(0), "POST", "x");
            try (Exchange asking = members.get(1).http().send("GET", path + "/result?wait=30");
                    DialledIn worker = DialledIn.to(members.get(0).workerPort())) {
                await("it is held").until(() -> members.get(1).holds() == 1);
                assertNotNull(worker.asked());
                worker.write(OK);
                assertEquals("done", asking.response().body());
            }
            String other = send(members.get(0), "POST", "x");
            try (DialledIn worker = DialledIn.to(members.get(0).workerPort())) {
                assertNotNull(worker.asked());
                members.get(1).http().send("DELETE", other).response();
                assertTrue(worker.isClosed());
            }
        }
    }

    @Test
    void jobsThatNobodyTakesExpire() {
        try (Members members = start(2, "work.job-wait", "1s")) {
            String path = send(members.get(0), "POST", "x");
            Response expired = members.get(1).http().get(path + "?after=1&wait=20");
            assertTrue(expired.body().contains("\"state\":\"expired\""), expired.body());
            assertEquals(
                    404, members.get(1).http().get(path + "/result?wait=20").status());

            send(members.get(0), "POST", "next");
            perform(members.get(1), "POST /next HTTP/1.1");
        }
    }

    @Test
    void anEndedJobIsForgottenAndItsKeyToo() {
        try (Members members = start(2, "work.keep", "2s")) {
            Http http = members.get(0).http();
            String key = "Idempotency-Key: k";
            String path =
                    path(http.send("PUT", "/work/default/x", BODY, ASYNC, key).response());
            perform(members.get(1), "PUT /x HTTP/1.1");
            until(members.get(1), path, "succeeded");
            await("it is forgotten").until(() -> members.get(1).http().get(path).status() == 404);
            assertEquals(404, http.get(path + "/result").status());
            assertEquals("{\"jobs\":[]}", http.get("/jobs/").body().strip());
            String next =
                    path(http.send("PUT", "/work/default/x", BODY, ASYNC, key).response());
            assertFalse(next.equals(path));
        }
    }

    @Test
    void asManyJobsAsTheSettingsAllowAreTakenAndTheOthersRefused() {
        try (Members members = start(2, "work.jobs", "4")) {
            await("no more").until(() -> {
                Response response = members.get(0)
                        .http()
                        .send("PUT", "/work/default/x", BODY, ASYNC)
                        .response();
                assertTrue(response.status() == 202 || response.status() == 507, response.toString());
                return response.status() == 507
                        && response.body().contains("work.jobs")
                        && response.body().contains("\"outcome\":\"none\"");
            });
        }
    }

    /** An unread response is kept as promised, and so is that of a job whose key may come again. */
    @Test
    void jobsThatHaveEndedAndWereReadGiveWayToNewOnesAndNoOthersDo() {
        try (Members members = start(1, "work.jobs", "4", "work.patience", "1s")) {
            Member member = members.get(0);
            Http http = member.http();
            String read = send(member, "PUT", "x"), unread = send(member, "PUT", "x");
            String keyed = path(http.send("PUT", "/work/default/x", BODY, ASYNC, "Idempotency-Key: k")
                    .response());
            String cancelled = send(member, "PUT", "x");
            for (int i = 0; i < 3; i++) perform(member, "PUT /x HTTP/1.1");
            for (String path : List.of(read, unread, keyed)) until(member, path, "succeeded");
            assertEquals(200, http.send("DELETE", cancelled).response().status());
            assertEquals(200, http.send("HEAD", unread + "/result").response().status(), "that is no reading");
            for (String path : List.of(read, keyed))
                assertEquals("done", http.get(path + "/result").body());

            List<String> more = new ArrayList<>();
            await("two give way").atMost(Duration.ofMinutes(1)).until(() -> {
                Response response =
                        http.send("PUT", "/work/default/y", BODY, ASYNC).response();
                assertTrue(response.status() == 202 || response.status() == 507, response.toString());
                if (response.status() == 202) more.add(path(response));
                return more.size() == 2;
            });

            assertEquals(
                    507,
                    http.send("PUT", "/work/default/y", BODY, ASYNC).response().status());
            assertEquals(404, http.get(read).status());
            assertEquals(404, http.get(cancelled).status());
            assertEquals("done", http.get(unread + "/result").body());
            assertEquals("done", http.get(keyed + "/result").body());
            assertEquals(
                    keyed,
                    path(http.send("PUT", "/work/default/x", BODY, ASYNC, "Idempotency-Key: k")
                            .response()));
        }
    }

    @Test
    void aJobThatALostMemberMayKnowIsNotSaidToBeUnknown() {
        try (Members members = start(2)) {
            String path = "/jobs/0123456789abcdef0123456789abcdef";
            Http http = members.last().http();
            assertEquals(404, http.get(path).status());

            terminate(members.get(0));

            await("the loss is noticed").until(() -> http.get(path).status() == 503);
            for (String asked : List.of(path, path + "/result?wait=1")) {
                Response response = http.get(asked);
                assertEquals(503, response.status(), response.toString());
                assertTrue(response.header("Retry-After").matches("[123]"), response.toString());
                assertTrue(response.body().contains("Members that were lost may know it"), response.body());
                assertTrue(response.body().contains("\"outcome\":\"none\""), response.body());
            }
            String known = send(members.last(), "PUT", "x");
            assertEquals(200, http.get(known).status());
        }
    }

    @Test
    void aResponseForWhichThereIsNoRoomEndsItsJobAtOnce() {
        try (Members members = start(1, "work.memory", "1MiB")) {
            Member member = members.get(0);
            String path = send(member, "POST", "x");
            try (DialledIn worker = DialledIn.to(member.workerPort())) {
                some(worker.asked());
                worker.write("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + "x".repeat(1_100_000));
                until(member, path, "dead");
                assertTrue(worker.isClosed());
            }
            String told = member.http().get(path).body();
            assertTrue(told.contains("there is no room for its response"), told);
        }
    }

    @Test
    void requestsThatTakeTooMuchMemoryAreRefused() {
        try (Members members = start(2, "work.memory", "1MiB")) {
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < 20; i++)
                seen.add(members.get(0)
                        .http()
                        .send("PUT", "/work/default/x", BODY, ASYNC)
                        .response()
                        .status());
            assertEquals(Set.of(202, 507), seen);
        }
    }

    @Test
    void theJobsOfAnybodyLeaveRoomForThoseOfWorkers() {
        try (Members members = start(1, "work.memory", "4MiB")) {
            Http http = members.get(0).http();
            byte[] body = new byte[200_000];
            int taken = 0;
            while (http.send("POST", "/work/default/x", body, ASYNC, "Via: 1.1 proxy")
                            .response()
                            .status()
                    == 202) taken++;

            assertTrue(taken > 8, "there was room for " + taken);
            for (int i = 0; i < 3; i++)
                assertEquals(
                        202,
                        http.send("POST", "/work/default/own", body, ASYNC)
                                .response()
                                .status());
        }
    }

    @Test
    void jobsAreNotHeld() {
        try (Members members = start(1, "hold.limit", "1")) {
            for (int i = 0; i < 20; i++) send(members.get(0), "PUT", Integer.toString(i));
            assertEquals(0, members.get(0).holds());
            assertEquals(20, members.get(0).meter("holdfast_jobs"));
        }
    }

    @Test
    void aJobBelongsToTheUserWhoSentIt() {
        try (Members members = start(2, "access.worker", "role")) {
            Http http = members.get(0).http();
            String user = Http.basic("USER:PASS");
            String path = path(http.send("PUT", "/work/default/x", BODY, ASYNC, user, "Idempotency-Key: k")
                    .response());
            for (String part : List.of("", "/result", "?after=1&wait=5")) {
                Response refused = members.get(1).http().get(path + part);
                assertEquals(401, refused.status(), part);
                assertTrue(refused.header("WWW-Authenticate").startsWith("Basic"), refused.toString());
            }
            assertEquals(401, http.send("DELETE", path).response().status());
            assertEquals(200, members.get(1).http().get(path, user).status());
            assertEquals(404, members.get(1).http().get(path + "/result", user).status());
            for (String operators : List.of("/jobs/", path + "/requeue"))
                assertEquals(
                        403,
                        http.send(operators.equals("/jobs/") ? "GET" : "POST", operators, user, "Content-Length: 0")
                                .response()
                                .status());
            assertEquals(401, http.get("/jobs/").status());
            String nobodys = path(http.send("PUT", "/work/default/x", BODY, ASYNC, "Idempotency-Key: k")
                    .response());
            assertFalse(nobodys.equals(path), "a key is of whoever sent it");
            assertEquals(200, members.get(1).http().get(nobodys).status());
            assertEquals(200, http.send("DELETE", path, user).response().status());
        }
    }

    @Test
    void aMemberInDoubtListsNoJobs() {
        try (Members members = start(2, "cluster.minimum-size", "2")) {
            Http http = members.get(0).http();
            assertEquals(200, http.get("/jobs/").status());

            terminate(members.last());

            await("it is alone").until(() -> http.get("/jobs/").status() == 503);
            Response refused = http.get("/jobs/");
            assertTrue(refused.body().contains("\"outcome\":\"none\""), refused.body());
        }
    }

    @Test
    void workersLookAfterAllJobs() {
        Map<String, String> settings = Map.of("access.worker", "role");
        try (Members members = Members.start(1, settings, Users.of("OPS", "PASS", "worker"))) {
            Http http = members.get(0).http();
            String user = Http.basic("OPS:PASS");
            String path = path(http.send("PUT", "/work/default/x", BODY, ASYNC).response());
            assertEquals(200, http.get(path, user).status());
            assertEquals(200, http.get("/jobs/", user).status());
            assertEquals(
                    409,
                    http.send("POST", path + "/requeue", user, "Content-Length: 0")
                            .response()
                            .status());
        }
    }
}
