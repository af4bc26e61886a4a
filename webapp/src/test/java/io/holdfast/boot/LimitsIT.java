// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The limits of the cluster hold at three members, however many create at once. */
class LimitsIT {
    private static final int LIMIT = 50, CREATORS = 6, EACH = 40;
    /** By members, 1 % of the limit, rounded up. */
    private static final int OVER = 3;

    private static final int MEMORY = 3 << 20;

    private static Members members;
    private static ExecutorService creators;

    private interface Creation {
        Response create(Http http, String name);
    }

    @BeforeAll
    static void threeMembers() {
        String limit = Integer.toString(LIMIT), memory = Integer.toString(MEMORY);
        members = Members.start(
                3,
                Map.of(
                        "counter.limit", limit,
                        "channel.limit", limit,
                        "camera.limit", limit,
                        "work.queues", limit,
                        "work.jobs", limit,
                        "camera.memory", memory,
                        "channel.memory", memory));
        assertEquals(
                204, members.get(0).http().get("/cameras/known/updates/?wait=0").status());
        // While partitions move, the shares are unequal, and there may be a few more than the limit.
        await("no partition moves any more").atMost(Duration.ofSeconds(60)).until(() -> IntStream.range(0, 3)
                .allMatch(i -> members.get(i).hazelcast().getPartitionService().isClusterSafe()));
        creators = Executors.newFixedThreadPool(CREATORS);
    }

    @AfterAll
    static void stop() {
        creators.shutdownNow();
        members.close();
    }

    /** The answers to many who create at once, at all members. */
    private static List<Response> flood(Creation creation) throws Exception {
        List<Future<List<Response>>> all = IntStream.range(0, CREATORS)
                .mapToObj(creator -> creators.submit(() -> {
                    List<Response> answers = new ArrayList<>();
                    for (int i = 0; i < EACH; i++)
                        answers.add(creation.create(members.get(creator % 3).http(), "n-" + creator + "-" + i));
                    return answers;
                }))
                .toList();
        List<Response> answers = new ArrayList<>();
        for (Future<List<Response>> one : all) answers.addAll(one.get(300, TimeUnit.SECONDS));
        return answers;
    }

    private static void assertLimited(List<Response> answers, int before, int created, String setting) {
        long made =
                before + answers.stream().filter(one -> one.status() == created).count();
        assertTrue(made <= LIMIT + OVER, made + " of " + setting);
        assertFull(answers, before, created, setting);
    }

    /** As many were made as may be, or more if some have given up their places since. */
    private static void assertFull(List<Response> answers, int before, int created, String setting) {
        long made =
                before + answers.stream().filter(one -> one.status() == created).count();
        assertTrue(made >= LIMIT, made + " of " + setting);
        for (Response one : answers)
            if (one.status() != created) {
                assertEquals(507, one.status(), one.toString());
                assertTrue(one.body().contains(setting), one.body());
            }
    }

    private static void assertNotMore(String map) {
        int there = members.get(0).hazelcast().getMap(map).size();
        assertTrue(there <= LIMIT + OVER, there + " in " + map);
    }

    /** Places that nobody uses are given up within seconds when others need them. */
    private static void awaitPlace(Callable<Response> creation, int created) {
        await("there is a place")
                .atMost(Duration.ofSeconds(60))
                .until(() -> creation.call().status() == created);
    }

    private static Response post(Http http, String path, int length, String... headers) {
        byte[] body = ("{\"x\": \"" + "x".repeat(length) + "\"}").getBytes(UTF_8);
        return http.send("POST", path, body, headers).response();
    }

    private static long bytes(String map) {
        return IntStream.range(0, 3)
                .mapToObj(members::get)
                .map(Member::hazelcast)
                .mapToLong(one -> one.getMap(map).getLocalMapStats().getOwnedEntryMemoryCost())
                .sum();
    }

    @Test
    void countersAreNotMoreThanTheLimit() throws Exception {
        assertLimited(flood((http, name) -> http.post("/counters/" + name + "/value/")), 0, 200, "counter.limit");
        assertEquals(
                204,
                members.get(1)
                        .http()
                        .get("/channels/x/events?wait=0&after=earliest")
                        .status());
    }

    @Test
    void camerasAreNotMoreThanTheLimit() throws Exception {
        assertFull(flood((http, name) -> http.get("/cameras/" + name + "/updates/?wait=0")), 1, 204, "camera.limit");
        assertNotMore("holdfast.cameras");
        awaitPlace(() -> members.get(2).http().get("/cameras/fresh/updates/?wait=0"), 204);
    }

    @Test
    void channelsAreNotMoreThanTheLimit() throws Exception {
        assertLimited(flood((http, name) -> post(http, "/channels/" + name + "/events", 10)), 0, 201, "channel.limit");
        // Some of them at each owner, because a place that is given up at one is of no use to another.
        for (int creator = 0; creator < CREATORS; creator++)
            for (int i = 0; i < EACH; i++)
                members.get(0)
                        .http()
                        .send("DELETE", "/channels/n-" + creator + "-" + i)
                        .response();
        awaitPlace(() -> post(members.get(0).http(), "/channels/fresh/events", 10), 201);
    }

    @Test
    void queuesAreNotMoreThanTheLimit() throws Exception {
        List<Exchange> all = new ArrayList<>();
        for (int i = 0; i < 3 * LIMIT; i++)
            all.add(members.get(i % 3).http().send("GET", "/work/q" + i + "/x", "Prefer: wait=15"));
        assertNotMore("holdfast.queues");
        assertFull(all.stream().map(Exchange::response).toList(), 0, 504, "work.queues");
        awaitPlace(() -> members.get(1).http().get("/work/fresh/x", "Prefer: wait=1"), 504);
    }

    @Test
    void pollsOfWorkersThatFindNothingMakeNoQueue() throws Exception {
        for (Response one : flood((http, name) -> http.get("/workers/w" + name + "/next?wait=0")))
            assertEquals(204, one.status(), one.toString());
        await("all have left")
                .until(() -> members.get(0).hazelcast().<String, Object>getMap("holdfast.queues").keySet().stream()
                        .noneMatch(queue -> queue.startsWith("wn-")));
    }

    @Test
    void jobsAndTheirKeysAreNotMoreThanTheLimit() throws Exception {
        assertLimited(
                flood((http, name) ->
                        post(http, "/work/one/x", 2, "Prefer: respond-async", "Idempotency-Key: \"" + name + "\"")),
                0,
                202,
                "work.jobs");
    }

    @Test
    void bytesOfDumpsAreNotOverTheLimit() throws Exception {
        // Cameras of another test may have taken its place.
        awaitPlace(() -> members.get(0).http().get("/cameras/known/updates/?wait=0"), 204);
        List<Response> answers =
                flood((http, name) -> post(http, "/cameras/known/dump/", 300_000, "Content-Type: application/json"));
        assertTrue(answers.stream().anyMatch(one -> one.status() == 200), "some are stored");
        assertTrue(answers.stream().anyMatch(one -> one.body().contains("camera.memory")), "some are refused");
        long bytes = bytes("holdfast.camera-dumps");
        assertTrue(bytes > MEMORY / 4 && bytes <= MEMORY, bytes + " bytes");
    }
}
