// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.testing.OwnTime;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters are listed, removed, and begin again in another epoch. */
class CounterRemovalIT {
    private static final String EPOCH = "Counter-Epoch";

    private static String path(String name) {
        return "/counters/" + name + "/value/";
    }

    private static Response remove(Http http, String name) {
        return http.send("DELETE", "/counters/" + name).response();
    }

    private static long epoch(Response response) {
        return Long.parseLong(response.header(EPOCH));
    }

    private static JsonObject json(Response response) {
        assertEquals(200, response.status(), response.toString());
        assertEquals("application/json", response.header("Content-Type"));
        try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }

    private static List<String> names(JsonObject page) {
        return page.getJsonArray("counters").getValuesAs(JsonObject.class).stream()
                .map(counter -> counter.getString("name"))
                .toList();
    }

    private static Exchange held(Member member, String target) {
        int before = member.holds();
        Exchange exchange = member.http().send("GET", target);
        await("the request is held").until(() -> member.holds() > before);
        return exchange;
    }

    @Test
    void aRemovedCounterIsZeroAtEveryMemberAndBeginsAgainAtOneInALaterEpoch() {
        try (Members members = Members.start(2, Map.of())) {
            Http a = members.get(0).http(), b = members.last().http();
            assertEquals(0, epoch(a.get(path("x"))));
            long first = epoch(a.post(path("x")));
            assertEquals("2\n", b.post(path("x")).body());
            assertEquals(first, epoch(b.get(path("x"))));
            assertEquals(first, epoch(a.send("HEAD", path("x")).response()));

            Response removed = remove(b, "x");

            assertEquals(204, removed.status(), removed.toString());
            for (Http http : List.of(a, b)) {
                Response read = http.get(path("x"));
                assertEquals("0\n", read.body());
                assertEquals(0, epoch(read));
            }
            Response again = a.post(path("x"));
            assertEquals("1\n", again.body());
            assertTrue(epoch(again) > first, again.toString());
            assertEquals("2\n", b.post(path("x")).body());
            assertEquals(204, remove(a, "x").status());
            assertEquals(204, remove(a, "x").status(), "it is removed already");
            assertEquals(204, remove(a, "never-there").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aWaiterAtAnotherMemberIsToldOfTheRemoval(String signals) {
        try (Members members = Members.start(2, Map.of("cluster.signals", signals))) {
            Http there = members.last().http();
            long epoch = epoch(there.post(path("x")));
            Exchange plain = held(members.get(0), path("x") + "?last=1&wait=60");
            Exchange asking = held(members.get(0), path("x") + "?last=1&wait=60&epoch=" + epoch);
            long start = OwnTime.now();

            assertEquals(204, remove(there, "x").status());

            for (Exchange held : List.of(plain, asking)) {
                Response response = held.response();
                assertEquals("0\n", response.body(), response.toString());
                assertEquals(0, epoch(response));
            }
            assertTrue(OwnTime.since(start).toSeconds() < 20, "not at its deadline");
        }
    }

    @Test
    void aWaiterForTheNextValueOfALifeThatIsOverIsAnsweredAtOnce() {
        try (Members members = Members.start(2, Map.of())) {
            Http a = members.get(0).http(), b = members.last().http();
            long first = epoch(a.post(path("x")));
            remove(a, "x");
            long second = epoch(b.post(path("x")));

            for (Http http : List.of(a, b)) {
                Response same = http.get(path("x") + "?last=1&wait=60&epoch=" + first);
                assertEquals("1\n", same.body(), "the value is the same, but not the counter");
                assertEquals(second, epoch(same));
                assertEquals(
                        "1\n",
                        http.get(path("x") + "?last=7&wait=0&epoch=" + first).body());
                assertEquals(
                        "1\n",
                        http.get(path("x") + "?last=1&wait=0&epoch=" + first).body());
                assertEquals(
                        "{}\n",
                        http.get(path("x") + "?last=1&wait=0&epoch=" + second).body());
                assertEquals(
                        "{}\n",
                        http.get(path("x") + "?last=1&wait=1&epoch=" + second).body());
            }
            assertEquals(400, a.get(path("x") + "?last=1&epoch=-1").status());
            assertEquals(400, a.get(path("x") + "?last=1&epoch=x").status());
            assertEquals(400, a.get(path("x") + "?last=1&epoc=1").status());
        }
    }

    @Test
    void aWaiterForTheFirstIncrementIsReleasedByIt() {
        try (Members members = Members.start(2, Map.of())) {
            members.get(0).http().post(path("x"));
            remove(members.get(0).http(), "x");
            Exchange held = held(members.get(0), path("x") + "?last=0&epoch=0&wait=60");

            members.last().http().post(path("x"));

            assertEquals("1\n", held.response().body());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void thePlaceOfARemovedCounterIsFreeAtOnce(int count) {
        try (Members members = Members.start(count, Map.of("counter.limit", "300"))) {
            Http http = members.last().http();
            List<String> names = new ArrayList<>();
            for (int i = 0; names.size() < 300 && i < 1_000; i++)
                if (http.post(path("n" + i)).status() == 200) names.add("n" + i);
            await("full")
                    .until(() -> http.post(path("more-" + System.nanoTime())).status() == 507);

            for (String name : names.subList(0, 40)) {
                assertEquals(204, remove(members.get(0).http(), name).status());
                assertEquals("1\n", http.post(path(name)).body(), "the same name, in its place");
            }
            for (String name : names.subList(0, 100)) remove(http, name);
            int admitted = 0;
            for (int i = 0; i < 600; i++) if (http.post(path("again-" + i)).status() == 200) admitted++;
            int most = count == 1 ? 100 : 100 + count * 4;
            assertTrue(admitted >= 100 - count && admitted <= most, admitted + " in the place of 100");
        }
    }

    @Test
    void whoMayPublishMayRemoveAndWhoMayReadMayList() {
        try (Member member = Member.start(Map.of("access.publish", "role", "access.read", "role"))) {
            assertEquals(401, remove(member.http(), "x").status());
            assertEquals(401, member.http().get("/counters/").status());
            assertEquals(200, member.http().post(path("x")).status());
        }
        try (Member member = Member.start(Map.of())) {
            Response foreign = member.http()
                    .send("DELETE", "/counters/x", "Origin: http://elsewhere.example")
                    .response();
            assertEquals(403, foreign.status(), foreign.toString());
            Response other = member.http().send("GET", "/counters/x").response();
            assertEquals(405, other.status(), other.toString());
            assertEquals("DELETE, OPTIONS", other.header("Allow"));
        }
    }

    @Test
    void theListIsSortedAndPagedAndHasNoRemovedCounter() {
        try (Members members = Members.start(2, Map.of())) {
            Http http = members.get(0).http();
            assertEquals("{\"counters\":[]}", http.get("/counters/").body().strip());
            Instant before = Instant.now().minusSeconds(120);
            TreeSet<String> all = new TreeSet<>();
            for (int i = 0; i < 25; i++) {
                String name = (i % 2 == 0 ? "even-" : "odd-") + i;
                all.add(name);
                (i % 3 == 0 ? http : members.last().http()).post(path(name));
            }
            http.post(path("even-0"));
            remove(http, "odd-1");
            all.remove("odd-1");

            JsonObject whole = json(http.get("/counters/"));
            assertEquals(List.copyOf(all), names(whole));
            assertFalse(whole.containsKey("next"));
            JsonObject first = whole.getJsonArray("counters").getJsonObject(0);
            assertEquals(2, first.getInt("value"));
            assertEquals(
                    epoch(http.get(path("even-0"))),
                    first.getJsonNumber("epoch").longValue());
            assertTrue(Instant.parse(first.getString("changed")).isAfter(before), first.toString());

            List<String> paged = new ArrayList<>();
            String next = "";
            int pages = 0;
            while (next != null) {
                JsonObject page = json(members.last().http().get("/counters/?prefix=even-&limit=5&after=" + next));
                paged.addAll(names(page));
                next = page.get("next") instanceof JsonString text ? text.getString() : null;
                pages++;
            }
            assertEquals(List.copyOf(all.subSet("even-", "even.")), paged);
            assertEquals(3, pages, "the last one is not full");
            assertEquals(400, http.get("/counters/?limit=0").status());
            assertEquals(400, http.get("/counters/?limit=1001").status());
            assertEquals(200, http.send("HEAD", "/counters/").response().status());
        }
    }

    @Test
    void aCounterThatIsNotIncrementedForLongIsRemoved() {
        try (Members members = Members.start(2, Map.of("counter.keep", "2s", "cluster.sweep", "200ms"))) {
            Http http = members.get(0).http();
            long epoch = epoch(members.last().http().post(path("x")));

            Response told = http.get(path("x") + "?last=1&wait=60&epoch=" + epoch);

            assertEquals("0\n", told.body());
            assertEquals("{\"counters\":[]}", http.get("/counters/").body().strip());
            assertNotEquals(epoch, epoch(http.post(path("x"))));
        }
    }

    @Test
    void everyReceiptIsTrueWhileTheCounterIsRemovedAgainAndAgain() {
        try (Members members = Members.start(2, Map.of())) {
            Map<Long, List<Long>> receipts = new ConcurrentHashMap<>();
            List<CompletableFuture<Void>> adding = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        Http http = members.get(i % 2).http();
                        for (int n = 0; n < 60; n++) {
                            Response response = http.post(path("x"));
                            assertEquals(200, response.status(), response.toString());
                            long value = Long.parseLong(response.body().strip());
                            receipts.compute(epoch(response), (epoch, all) -> {
                                List<Long> more = all == null ? new ArrayList<>() : all;
                                more.add(value);
                                return more;
                            });
                        }
                    }))
                    .toList();
            while (!adding.stream().allMatch(CompletableFuture::isDone))
                assertEquals(
                        204,
                        remove(members.get(receipts.size() % 2).http(), "x").status());
            adding.forEach(CompletableFuture::join);

            TreeMap<Long, List<Long>> lives = new TreeMap<>(receipts);
            lives.forEach((epoch, values) -> assertEquals(
                    IntStream.rangeClosed(1, values.size())
                            .mapToObj(Long::valueOf)
                            .toList(),
                    values.stream().sorted().toList(),
                    "in the epoch " + epoch));
            assertFalse(lives.containsKey(0L), "no increment is in no epoch");
            assertTrue(lives.size() > 2, lives.size() + " lives");
            remove(members.get(0).http(), "x");
            assertEquals("0\n", members.last().http().get(path("x")).body());
        }
    }

    /** The copies at the lost members are those of the counter itself. */
    @Test
    void aRemovedCounterThatIsLostAltogetherDoesNotComeBack() {
        try (Members members = Members.start(2, Map.of())) {
            Http a = members.get(0).http(), b = members.last().http();
            for (int i = 0; i < 5; i++) a.post(path("x"));
            assertEquals("6\n", b.post(path("x")).body());
            remove(b, "x");
            IMap<String, Tally> map = members.get(0).hazelcast().getMap(CounterWire.MAP);
            map.remove("x");

            assertEquals("0\n", a.get(path("x")).body());
            assertEquals("0\n", b.get(path("x")).body());
            assertEquals("1\n", a.post(path("x")).body());
        }
    }
}
