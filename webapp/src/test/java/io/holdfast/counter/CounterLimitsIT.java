// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.testing.OwnTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A member at its limits: too small a cluster, too many counters, too many holds, no signals, going down. */
class CounterLimitsIT {

    private static String path(String name) {
        return "/counters/" + name + "/value/";
    }

    private static void refusedForNow(Response response) {
        assertEquals(503, response.status(), response.toString());
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertTrue(response.header("Retry-After").matches("[123]"), response.toString());
    }

    @Test
    void belowTheMinimumSizeWritesAndReadsAreRefusedAndHoldsLastUntilTheirDeadline() {
        try (Member member = Member.start(Map.of("cluster.minimum-size", "2"))) {
            Http http = member.http();

            Response write = http.post(path("x"));
            refusedForNow(write);
            assertTrue(write.body().contains("\"outcome\":\"none\""), write.body());
            assertTrue(write.body().contains("the cluster has 1 of at least 2 members"), write.body());
            refusedForNow(http.get(path("x")));
            refusedForNow(http.get(path("x") + "?last=5&wait=0"));
            Exchange held = http.send("GET", path("x") + "?last=5&wait=1");
            await().until(() -> member.holds() == 1);
            assertFalse(held.isAnswered());
            Response ended = held.response();
            assertEquals(200, ended.status());
            assertEquals("{}\n", ended.body());
            assertEquals(503, http.get("/health/ready").status());
            assertEquals(200, http.get("/health/live").status());
        }
    }

    @Test
    void aMemberThatFallsBelowTheMinimumSizeIsNotReadyAndRefusesToWrite() {
        Map<String, String> two = Map.of("cluster.minimum-size", "2");
        try (Members members = Members.start(2, two)) {
            Http http = members.get(0).http();
            assertEquals(200, http.get("/health/ready").status());
            assertEquals("1\n", members.last().http().post(path("x")).body());

            members.last().close();

            await().until(() -> http.get("/health/ready").status() == 503);
            refusedForNow(http.post(path("x")));
        }
    }

    @Test
    void membersThatAreStillEnoughGoOnAfterALossOnceTheyHaveAnsweredEachOther() {
        Map<String, String> two = Map.of("cluster.minimum-size", "2", "cluster.signals", "off");
        try (Members members = Members.start(3, two)) {
            Http http = members.get(0).http();
            assertEquals("1\n", http.post(path("x")).body());

            members.last().close();

            await().until(() -> http.get("/health/ready").body().contains("\"members\":2"));
            await().until(() -> http.get("/health/ready").status() == 200);
            assertEquals("2\n", http.post(path("x")).body());
            assertEquals("3\n", members.get(1).http().post(path("x")).body());
        }
    }

    @Test
    void aMemberThatHazelcastHasStoppedIsNotReadyAndRefusesToReadAndToWrite() {
        try (Member member = Member.start(Map.of())) {
            Http http = member.http();
            assertEquals("1\n", http.post(path("x")).body());

            member.hazelcast().getLifecycleService().terminate();

            Response ready = http.get("/health/ready");
            assertEquals(503, ready.status());
            assertTrue(ready.body().contains("this member was stopped"), ready.body());
            Response write = http.post(path("x"));
            refusedForNow(write);
            assertTrue(write.body().contains("\"outcome\":\"none\""), write.body());
            refusedForNow(http.get(path("x")));
            assertEquals(200, http.get("/health/live").status());
        }
    }

    @Test
    void oneCounterMoreThanTheLimitIsRefusedAndTheOthersGoOn() {
        try (Member member = Member.start(Map.of("counter.limit", "2", "cluster.sweep", "100ms"))) {
            Http http = member.http();
            http.post(path("one"));
            http.post(path("two"));

            List<Response> refused = new ArrayList<>();
            await("the sweep takes stock").until(() -> {
                Response response = http.post(path("three"));
                if (response.status() == 507) refused.add(response);
                return !refused.isEmpty();
            });

            assertTrue(refused.get(0).body().contains("\"title\":\"Insufficient Storage\""), refused.toString());
            assertTrue(refused.get(0).body().contains("\"limit\":2"), refused.toString());
            assertEquals("2\n", http.post(path("one")).body());
            assertEquals("0\n", http.get(path("never-incremented")).body());
        }
    }

    @Test
    void oneHoldMoreThanTheLimitIsRefused() {
        try (Member member = Member.start(Map.of("hold.limit", "2"))) {
            Http http = member.http();
            Exchange one = http.send("GET", path("x") + "?last=0");
            Exchange two = http.send("GET", path("x") + "?last=0");
            await().until(() -> member.holds() == 2);

            refusedForNow(http.get(path("x") + "?last=0"));

            assertEquals("1\n", http.post(path("x")).body());
            assertEquals("1\n", one.response().body());
            assertEquals("1\n", two.response().body());
        }
    }

    @Test
    void aWaitOverTheCapIsHeldForTheCap() {
        try (Member member = Member.start(Map.of("hold.longest", "2s"))) {
            Http http = member.http();
            long start = OwnTime.now();
            List<Exchange> asking = Stream.of("wait=4", "wait=86400", "wait=" + Long.MAX_VALUE)
                    .map(wait -> http.send("GET", path("x") + "?last=0&" + wait))
                    .toList();
            Exchange preferring = http.send("GET", path("x") + "?last=0", "Prefer: respond-async, wait=500");

            for (Exchange exchange : asking)
                assertEquals("{}\n", exchange.response().body());
            Response preferred = preferring.response();
            assertEquals("{}\n", preferred.body());
            assertEquals("wait=2", preferred.header("Preference-Applied"));
            long took = Duration.ofNanos(System.nanoTime() - start).toMillis();
            assertTrue(took >= 1_990 && OwnTime.since(start).toMillis() < 3_900, took + " ms");
        }
    }

    @Test
    void aBodyThatNeverComesIsWaitedForSoLongAndNotCounted() {
        try (Member member = Member.start(Map.of("counter.patience", "1s"))) {
            long start = OwnTime.now();

            Response response =
                    member.http().send("POST", path("x"), "Content-Length: 5").response();

            assertEquals(503, response.status(), response.toString());
            long took = Duration.ofNanos(System.nanoTime() - start).toMillis();
            assertTrue(took >= 10_000 && OwnTime.since(start).toMillis() < 25_000, took + " ms");
            assertEquals("0\n", member.http().get(path("x")).body());
        }
    }

    @Test
    void withSignalsOffWaitersAreReleasedByTheSweepWithinThreeSeconds() {
        try (Members members = Members.start(2, Map.of("cluster.signals", "off"))) {
            Exchange held = members.get(0).http().send("GET", path("x") + "?last=0&wait=30");
            await().until(() -> members.get(0).holds() == 1);
            members.last().http().post(path("x"));
            long start = OwnTime.now();

            Response response = held.response();

            assertEquals("1\n", response.body());
            long took = OwnTime.since(start).toMillis();
            assertTrue(took < 3_000, took + " ms");
        }
    }

    @Test
    void aMemberThatGoesDownAnswersHeldRequestsAndSendsNewOnesElsewhere() throws Exception {
        Member member = Member.start(Map.of("drain.window", "2s"));
        Http http = member.http();
        List<Exchange> held = new ArrayList<>();
        for (int i = 0; i < 20; i++) held.add(http.send("GET", path("x") + "?last=0&wait=60"));
        await().until(() -> member.holds() == 20);

        CompletableFuture<Void> down = CompletableFuture.runAsync(member::close);
        await("readiness goes first").until(() -> http.get("/health/ready").status() == 503);
        refusedForNow(http.get(path("x") + "?last=0&wait=60"));
        assertEquals(200, http.get("/health/live").status());

        for (Exchange exchange : held) assertEquals("{}\n", exchange.response().body());
        down.get(20, TimeUnit.SECONDS);
    }
}
