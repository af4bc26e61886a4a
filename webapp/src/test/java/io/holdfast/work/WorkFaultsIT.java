// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static io.holdfast.testing.Origin.answer;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.work.queue.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that are lost, full or going down. */
class WorkFaultsIT {
    private static final String OK = answer(200, "", "done");
    private static final Duration LONG = Duration.ofSeconds(30);

    private Members members = Members.start(0, Map.of());

    @AfterEach
    void stop() {
        members.close();
    }

    private void start(int count, Map<String, String> more) {
        Map<String, String> settings = new java.util.HashMap<>(more);
        settings.put("work.port", "free");
        members = Members.start(count, settings);
    }

    private static Http.Exchange send(Member member, String method, String path, String... headers) {
        return member.http().send(method, "/work/default" + path, new byte[] {1}, headers);
    }

    private static DialledIn idleWorker(Member member) {
        double before = member.meter("holdfast_work_idle");
        DialledIn worker = DialledIn.to(member.workerPort());
        await().until(() -> member.meter("holdfast_work_idle") == before + 1);
        return worker;
    }

    private static void lose(Member member) {
        member.hazelcast().getLifecycleService().terminate();
    }

    private static Http.Exchange waiting(Member member, String method, String path) {
        double before = member.meter("holdfast_work_requests");
        Http.Exchange exchange = send(member, method, path);
        await().until(() -> member.meter("holdfast_work_requests") == before + 1);
        return exchange;
    }

    @Test
    void aRequestAtAWorkerLostWithItsMemberIsRetriedOrGets502() {
        start(3, Map.of());
        Http.Exchange twice = waiting(members.get(0), "PUT", "/twice");
        DialledIn first = DialledIn.to(members.get(2).workerPort());
        assertNotNull(first.asked());
        Http.Exchange once = waiting(members.get(0), "POST", "/once");
        DialledIn second = DialledIn.to(members.get(2).workerPort());
        assertNotNull(second.asked());
        lose(members.get(2));

        Response told = once.response();
        assertEquals(502, told.status());
        assertTrue(told.body().contains("\"outcome\":\"unknown\""), told.body());
        DialledIn other = DialledIn.to(members.get(1).workerPort());
        assertNotNull(other.serveOnce(OK));
        assertEquals(200, twice.response().status());
        first.close();
        second.close();
    }

    @Test
    void idleWorkersOfALostMemberAreGivenNothing() {
        start(3, Map.of());
        List<DialledIn> lost = new ArrayList<>();
        for (int i = 0; i < 5; i++) lost.add(idleWorker(members.get(2)));
        lose(members.get(2));
        Http.Exchange client = waiting(members.get(0), "POST", "/");
        DialledIn worker = DialledIn.to(members.get(1).workerPort());

        assertNotNull(worker.serveOnce(OK));
        assertEquals(200, client.response().status());
        lost.forEach(DialledIn::close);
    }

    @Test
    void aWorkerWhoseClientIsLostWithItsMemberIsLetGo() {
        start(3, Map.of());
        Http.Exchange client = waiting(members.get(0), "POST", "/");
        try (DialledIn worker = DialledIn.to(members.get(2).workerPort())) {
            assertNotNull(worker.asked());
            lose(members.get(0));
            assertTrue(worker.isClosed());
        }
        client.close();
    }

    @Test
    void theQueueSurvivesEveryMember() {
        start(3, Map.of());
        List<Http.Exchange> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) clients.add(waiting(members.get(0), "POST", "/" + i));
        lose(members.get(2));
        for (int i = 0; i < 5; i++) clients.add(waiting(members.get(0), "POST", "/" + (5 + i)));
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            DialledIn worker = DialledIn.to(members.get(1).workerPort());
            served.add(java.util.Objects.requireNonNull(worker.serveOnce(OK)).line());
        }

        for (int i = 0; i < 10; i++) assertEquals("POST /" + i + " HTTP/1.1", served.get(i));
        clients.forEach(client -> assertEquals(200, client.response().status()));
    }

    @Test
    void aRequestToAFullQueueGets503WithRetryAfter() {
        start(1, Map.of("work.queue-length", "2"));
        Http.Exchange first = waiting(members.get(0), "GET", "/1"), second = waiting(members.get(0), "GET", "/2");
        Response third = send(members.get(0), "GET", "/3").response();

        assertEquals(503, third.status());
        assertTrue(Integer.parseInt(third.header("Retry-After")) > 0);
        assertTrue(third.body().contains("\"outcome\":\"none\""), third.body());
        for (Http.Exchange client : List.of(first, second)) {
            assertNotNull(DialledIn.to(members.get(0).workerPort()).serveOnce(OK));
            assertEquals(200, client.response().status());
        }
    }

    @Test
    void aDrainRefusesWaitingRequestsAndLetsStartedOnesFinish() {
        start(2, Map.of("drain.window", "1s"));
        Http.Exchange served = waiting(members.get(0), "POST", "/served");
        DialledIn worker = DialledIn.to(members.get(1).workerPort());
        assertNotNull(worker.asked());
        Http.Exchange waiting = waiting(members.get(0), "POST", "/waiting");
        members.get(0).holdfast().drain();

        Response told = waiting.response();
        assertEquals(503, told.status());
        assertTrue(told.body().contains("\"outcome\":\"none\""), told.body());
        worker.write(OK);
        assertEquals(200, served.response().status());
        worker.close();
    }

    @Test
    void theOutcomeIsUnknownIfAMemberDrainsAfterAWorkerDied() {
        start(2, Map.of("drain.window", "1s"));
        Http.Exchange client = waiting(members.get(0), "PUT", "/");
        try (DialledIn dying = DialledIn.to(members.get(1).workerPort())) {
            assertNotNull(dying.asked());
        }
        await("it waits for another worker")
                .until(() -> members.get(0).meter("holdfast_queue_waiting{queue=\"default\"}") == 1);
        members.get(0).holdfast().drain();

        Response told = client.response();
        assertEquals(503, told.status());
        assertTrue(told.body().contains("\"outcome\":\"unknown\""), told.body());
        assertFalse(told.header("Retry-After").isEmpty());
    }

    @Test
    void finishedRequestsAndWorkersLeaveNothingBehind() {
        start(2, Map.of());
        for (int i = 0; i < 50; i++) {
            Http.Exchange client = send(members.get(i % 2), "PUT", "/" + i);
            assertNotNull(DialledIn.to(members.get((i + 1) % 2).workerPort()).serveOnce(OK));
            assertEquals(200, client.response().status());
        }
        List<DialledIn> workers = new ArrayList<>();
        for (int i = 0; i < 20; i++) workers.add(idleWorker(members.get(1)));
        workers.forEach(DialledIn::close);

        for (int i = 0; i < 2; i++) {
            Member member = members.get(i);
            await().atMost(LONG)
                    .until(() -> member.meter("holdfast_work_requests") == 0
                            && member.meter("holdfast_work_idle") == 0
                            && member.meter("holdfast_work_talks") == 0);
        }
        await("the queue is empty").atMost(LONG).until(() -> {
            Queue queue = members.get(0)
                    .hazelcast()
                    .<String, Queue>getMap("holdfast.queues")
                    .get("default");
            return queue == null || queue.isEmpty();
        });
    }
}
