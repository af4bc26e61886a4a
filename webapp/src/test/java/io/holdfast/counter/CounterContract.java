// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.testing.OwnTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promises of the counter over HTTP, byte for byte, with any number of members. Requests go to one member, and the increments that
 * release them go to another if there is another.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CounterContract {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final int count;
    private Members members = Members.start(0, Map.of());
    private Http a = new Http(java.net.URI.create("http://127.0.0.1:1"));
    private Http b = a;

    CounterContract(int count) {
        this.count = count;
    }

    @BeforeAll
    void start() {
        members = Members.start(count, Map.of("counter.hold", "2s", "hold.limit", "20000"));
        a = members.get(0).http();
        b = members.last().http();
    }

    @AfterAll
    void stop() {
        members.close();
    }

    /** The path of a counter that no other test uses. */
    private static String fresh() {
        return path("contract-" + NAMES.incrementAndGet());
    }

    private static String path(String name) {
        return "/counters/" + name + "/value/";
    }

    private Member first() {
        return members.get(0);
    }

    private Exchange held(String target, String... headers) {
        int before = first().holds();
        Exchange exchange = a.send("GET", target, headers);
        await("the request is held").until(() -> first().holds() > before);
        return exchange;
    }

    private static void value(Response response, long value) {
        answered(response, 200, "application/json", value + "\n");
    }

    private static void nothingNew(Response response) {
        answered(response, 200, "application/json", "{}\n");
    }

    private static void answered(Response response, int status, String type, String body) {
        assertEquals(status, response.status(), response.toString());
        assertEquals(body, response.body());
        assertEquals(type, response.header("Content-Type"));
        assertEquals(Integer.toString(body.length()), response.header("Content-Length"));
        assertEquals("no-store", response.header("Cache-Control"));
        assertEquals("", response.header("Set-Cookie"));
    }

    private static void problem(Response response, int status, String... parts) {
        assertEquals(status, response.status(), response.toString());
        assertEquals("application/problem+json", response.header("Content-Type"), response.toString());
        assertEquals("no-store", response.header("Cache-Control"));
        assertEquals("", response.header("Set-Cookie"));
        assertTrue(response.body().startsWith("{\"type\":\"about:blank\",\"title\":\""), response.body());
        assertTrue(response.body().contains("\"status\":" + status), response.body());
        for (String part : parts) assertTrue(response.body().contains(part), part + " is not in " + response.body());
        noTrace(response);
    }

    private static void noTrace(Response response) {
        assertFalse(response.body().contains("\tat "), response.body());
        assertFalse(response.body().contains("Exception"), response.body());
        assertFalse(response.body().contains("io.holdfast"), response.body());
    }

    @Test
    void aCounterWithoutIncrementsIsZero() {
        value(a.get(fresh()), 0);
    }

    @Test
    void aPostIncrementsAndAnswersTheNewValueOnEveryMember() {
        String path = fresh();

        value(a.post(path), 1);
        value(b.post(path), 2);
        value(a.post(path), 3);
        value(a.get(path), 3);
        value(b.get(path), 3);
    }

    @Test
    void theMainCounterIsTheOneCalledMain() {
        long before = Long.parseLong(a.get("/counter/value/").body().strip());

        value(b.post("/counter/value/"), before + 1);
        value(a.get("/counter/value/"), before + 1);
        value(a.get(path("main")), before + 1);
        value(b.post(path("main")), before + 2);
        value(a.get("/counter/value/?last=" + before), before + 2);
    }

    @Test
    void theFinalSlashMayBeLeftOut() {
        String path = fresh();
        value(a.post(path.substring(0, path.length() - 1)), 1);
        value(a.get(path.substring(0, path.length() - 1) + "?last=0"), 1);
        assertEquals(200, a.get("/counter/value").status());
    }

    @Test
    void countersAreApart() {
        String one = fresh(), other = fresh();
        a.post(one);

        value(b.get(other), 0);
        value(b.get(one), 1);
    }

    @Test
    void aLastThatIsSmallerOrGreaterThanTheValueIsAnsweredAtOnce() {
        String path = fresh();
        a.post(path);
        a.post(path);

        value(b.get(path + "?last=1&wait=3"), 2);
        value(b.get(path + "?last=-7&wait=3"), 2);
        value(b.get(path + "?last=3&wait=3"), 2);
        value(b.get(path + "?last=" + Long.MAX_VALUE + "&wait=3"), 2);
        value(b.get(path + "?last=" + Long.MIN_VALUE + "&wait=3"), 2);
    }

    @Test
    void aLastThatEqualsTheValueIsHeldUntilAnotherMemberIncrements() {
        String path = fresh();
        a.post(path);

        try (Exchange exchange = held(path + "?last=1&wait=20")) {
            assertFalse(exchange.isAnswered());
            value(b.post(path), 2);
            value(exchange.response(), 2);
        }
        await("nothing is left").until(() -> first().holds() == 0);
    }

    @Test
    void everyWaiterOfACounterGetsTheNextValueAndOthersStayHeld() {
        String path = fresh(), other = fresh();
        try (Exchange elsewhere = held(other + "?last=0&wait=20")) {
            List<Exchange> waiting = IntStream.range(0, 50)
                    .mapToObj(i -> (i % 2 == 0 ? a : b).send("GET", path + "?last=0&wait=20"))
                    .toList();
            await("all are held")
                    .until(() -> first().holds() + (count > 1 ? members.last().holds() : 0) == 51);

            value(b.post(path), 1);

            for (Exchange exchange : waiting) value(exchange.response(), 1);
            assertFalse(elsewhere.isAnswered());
            value(b.post(other), 1);
            value(elsewhere.response(), 1);
        }
    }

    @Test
    void aHoldWithoutAChangeIsAnsweredWithAnEmptyObject() {
        String path = fresh();
        a.post(path);
        long start = OwnTime.now();

        nothingNew(a.get(path + "?last=1&wait=1"));

        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.toMillis() >= 990 && OwnTime.since(start).toMillis() < 2_500, took.toString());
    }

    @Test
    void withoutAWaitTheCountersOwnHoldApplies() {
        long start = OwnTime.now();

        nothingNew(a.get(fresh() + "?last=0"));

        long took = Duration.ofNanos(System.nanoTime() - start).toMillis();
        assertTrue(took >= 1_990 && OwnTime.since(start).toMillis() < 4_000, took + " ms");
    }

    @Test
    void aWaitOfZeroDoesNotHold() {
        String path = fresh();
        a.post(path);

        nothingNew(b.get(path + "?last=1&wait=0"));
        value(b.get(path + "?last=0&wait=0"), 1);
        assertEquals(0, first().holds());
    }

    @Test
    void aPreferredWaitIsAppliedAndSaidToBe() {
        Response response = a.get(fresh() + "?last=0", "Prefer: wait=1");

        nothingNew(response);
        assertEquals("wait=1", response.header("Preference-Applied"));
    }

    @Test
    void aWaitInTheQueryGoesBeforeThePreferredOne() {
        Response response = a.get(fresh() + "?last=0&wait=0", "Prefer: wait=3");

        nothingNew(response);
        assertEquals("", response.header("Preference-Applied"));
    }

    @Test
    void aPreferenceThatIsNoWaitIsIgnored() {
        Response response = a.get(fresh() + "?last=1", "Prefer: wait=soon");

        value(response, 0);
        assertEquals("", response.header("Preference-Applied"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "last=|last|an integer of 64 bits|''",
                "last|last|an integer of 64 bits|''",
                "last=abc|last|an integer of 64 bits|'abc'",
                "last=1.5|last|an integer of 64 bits|'1.5'",
                "last=1%20|last|an integer of 64 bits|'1 '",
                "last=%2B0|last|an integer of 64 bits|'+0'",
                "last=-|last|an integer of 64 bits|'-'",
                "last=%D9%A3|last|an integer of 64 bits|'\u0663'",
                "last=0&wait=%2B1|wait|an integer of 64 bits|'+1'",
                "last=0&wait=%D9%A3|wait|an integer of 64 bits|'\u0663'",
                "last=9223372036854775808|last|an integer of 64 bits|'9223372036854775808'",
                "last=-9223372036854775809|last|an integer of 64 bits|'-9223372036854775809'",
                "last=1&last=2|last|given once|'1,2'",
                "last=%zz|last|percent-encoded UTF-8|'%zz'",
                "last=0&wait=|wait|an integer of 64 bits|''",
                "last=0&wait=soon|wait|an integer of 64 bits|'soon'",
                "last=0&wait=-1|wait|0 or more seconds|'-1'",
                "last=0&wait=1.5|wait|an integer of 64 bits|'1.5'",
                "last=0&wait=9223372036854775808|wait|an integer of 64 bits|'9223372036854775808'",
                "last=0&wait=1&wait=2|wait|given once|'1,2'",
            })
    void aBadParameterIsRefusedNamingTheFieldTheRuleAndTheValue(String query, String field, String rule, String value) {
        Response response = a.get(fresh() + "?" + query);

        problem(
                response,
                400,
                "\"title\":\"Bad Request\"",
                "\"field\":\"" + field + "\"",
                "\"rule\":\"" + rule + "\"",
                "must be " + rule + ", not '");
        String shown = value == null ? "" : value.replace("'", "");
        assertTrue(response.body().contains("\"value\":\"" + shown + "\""), response.body());
        assertEquals(0, first().holds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"last=x", "last=", "wait=abc", "wait=-1", "wait=1&wait=2", "wait=%zz"})
    void aPostWithABadParameterIsRefusedAndAddsNothing(String query) {
        String path = fresh();

        problem(
                a.post(path + "?" + query),
                400,
                "\"field\":\"" + query.substring(0, 4) + "\"",
                "\"rule\":\"",
                "\"value\":\"");

        value(b.get(path), 0);
        value(b.post(path + "?wait=0&last=7&other=x"), 1);
    }

    @Test
    void aPreferredWaitMayBeWrittenInEveryWayOfItsStandard() {
        for (String line : List.of("WAIT=1", "wait=\"1\"", "foo=\"a, wait=9\", wait=1")) {
            Response response = a.get(fresh() + "?last=0", "Prefer: respond-async", "Prefer: " + line);

            nothingNew(response);
            assertEquals("wait=1", response.header("Preference-Applied"));
        }
        Response longest = a.send("HEAD", fresh() + "?last=0", "Prefer: wait=99999999999999999999")
                .response();
        assertEquals(200, longest.status());
        assertEquals("wait=120", longest.header("Preference-Applied"));
    }

    @Test
    void anExactRefusalLooksLikeThis() {
        answered(
                a.get("/counter/value/?last=x"),
                400,
                "application/problem+json",
                "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
                        + "\"detail\":\"last must be an integer of 64 bits, not 'x'.\",\"field\":\"last\","
                        + "\"rule\":\"an integer of 64 bits\",\"value\":\"x\"}\n");
    }

    @Test
    void aBadValueIsShownCutAndHarmless() {
        Response response = a.get("/counter/value/?last=" + "z".repeat(500) + "%00%0d%0a%22%3cscript%3e");
        problem(response, 400, "z".repeat(64) + "…\"");
        assertFalse(response.body().contains("z".repeat(65)), response.body());

        Response control = a.get("/counter/value/?last=%0d%0a%22%3cb%3e%00");
        problem(control, 400, "??\\\"<b>?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b", "...", "~-_.~", "UPPER", "0", "%61%62"})
    void aNameOfTheseCharactersIsACounter(String name) {
        long before = Long.parseLong(a.get(path(name)).body().strip());

        value(a.post(path(name)), before + 1);
    }

    @Test
    void aNameMayHave128CharactersAndNoMore() {
        value(a.post(path("n".repeat(128))), 1);
        value(b.get(path("n".repeat(128))), 1);

        problem(a.post(path("n".repeat(129))), 400, "\"field\":\"name\"", "1 to 128 characters", "n".repeat(64) + "…");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2E",
                "a%20b",
                "a%2Fb",
                "%2F",
                "a%5Cb",
                "%C3%A4",
                "a+b",
                "a*b",
                "a%3Ab",
                "%E2%82%AC",
                "a@b",
                "a%25b"
            })
    void anyOtherNameIsRefusedAndNothingIsStored(String name) {
        problem(a.post(path(name)), 400, "\"field\":\"name\"", "1 to 128 characters of A-Z a-z 0-9 . _ ~ -");
        problem(a.get(path(name) + "?last=0"), 400, "\"field\":\"name\"");
        assertEquals(0, first().holds());
        IMap<String, Tally> map = first().hazelcast().getMap(CounterWire.MAP);
        assertTrue(
                new TreeSet<>(map.keySet()).stream().allMatch(key -> key.matches("[A-Za-z0-9._~-]{1,128}")),
                map.keySet().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/nothing",
                "/counterz/",
                "/counters/x/y",
                "/counters//value/",
                "/counter/value/x",
                "/counter"
            })
    void anUnknownPathIsNotFound(String path) {
        Response response = a.get(path);

        assertTrue(response.status() == 404 || response.status() == 400, response.toString());
        problem(response, response.status(), "\"field\":\"", "\"rule\":\"", "\"value\":\"");
    }

    @Test
    void aHeadIsAGetThatDoesNotWaitAndHasNoBody() {
        String path = fresh();
        a.post(path);

        for (String query : List.of("", "?last=1", "?last=0", "?last=1&wait=3")) {
            Response head = a.send("HEAD", path + query).response();
            Response get = a.get(path + (query.isEmpty() ? "" : query.replaceAll("&.*", "") + "&wait=0"));
            assertEquals(200, head.status());
            assertEquals("", head.body());
            assertEquals(get.header("Content-Length"), head.header("Content-Length"), query);
            assertEquals("application/json", head.header("Content-Type"));
            assertEquals("no-store", head.header("Cache-Control"));
        }
        Response refused = a.send("HEAD", path + "?last=x").response();
        assertEquals(400, refused.status());
        assertEquals("", refused.body());
    }

    @Test
    void optionsNamesTheAllowedMethods() {
        Response response = a.send("OPTIONS", fresh()).response();

        assertEquals(204, response.status());
        assertEquals("GET, HEAD, POST, OPTIONS", response.header("Allow"));
        assertEquals("", response.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "TRACE", "get", "PROPFIND"})
    void anotherMethodIsRefusedWithTheAllowedOnes(String method) {
        Response response = a.send(method, fresh(), "Content-Length: 0").response();

        problem(response, 405, "\"field\":\"method\"", "\"value\":\"" + method + "\"", "GET, HEAD, POST, OPTIONS");
        assertEquals("GET, HEAD, POST, OPTIONS", response.header("Allow"));
    }

    @Test
    void aSmallBodyIsIgnored() {
        String path = fresh();
        value(
                a.raw("POST " + a.context() + path
                                + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 1024\r\n\r\n"
                                + "x".repeat(1024))
                        .response(),
                1);
        value(
                a.raw("POST " + a.context() + path
                                + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "400\r\n" + "x".repeat(1024) + "\r\n0\r\n\r\n")
                        .response(),
                2);
    }

    @Test
    void bodiesThatDoNotComeCostNoThread() {
        String path = fresh();
        // More than any of the servers has threads.
        List<Exchange> idle = IntStream.range(0, 64)
                .mapToObj(i -> a.send("POST", path, "Content-Length: 5"))
                .toList();

        assertEquals(200, a.get("/health/live").status());
        value(a.get(path), 0);
        value(a.post(path), 1);
        Exchange slow = idle.get(0);
        slow.write("slow".getBytes(StandardCharsets.US_ASCII));
        value(a.post(path), 2);
        slow.write("!".getBytes(StandardCharsets.US_ASCII));
        value(slow.response(), 3);
        idle.forEach(Exchange::vanish);
        value(b.post(path), 4);
    }

    @Test
    void aBodyThatIsDeclaredTooLargeIsRefusedBeforeItComes() {
        String path = fresh();

        Response refused = a.send("POST", path, "Content-Length: 1025").response();

        problem(refused, 413, "\"field\":\"body\"", "\"value\":\"1025 bytes\"");
        value(b.get(path), 0);
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAndNothingIsAdded() {
        String path = fresh();
        problem(
                a.raw("POST " + a.context() + path
                                + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 1025\r\n\r\n"
                                + "x".repeat(1025))
                        .response(),
                413,
                "\"title\":\"Content Too Large\"",
                "\"field\":\"body\"",
                "\"rule\":\"at most 1024 bytes\"",
                "\"value\":\"1025 bytes\"");
        problem(
                a.raw("POST " + a.context() + path
                                + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "401\r\n" + "x".repeat(1025) + "\r\n0\r\n\r\n")
                        .response(),
                413,
                "\"field\":\"body\"",
                "\"value\":\"more\"");
        value(b.get(path), 0);
    }

    @Test
    void aCounterAtTheGreatestValueStaysThereWithA409() {
        String path = fresh();
        String name = path.split("/", -1)[2];
        IMap<String, Tally> map = first().hazelcast().getMap(CounterWire.MAP);
        map.set(name, new Tally(Long.MAX_VALUE - 1, 0, List.of()));

        value(a.get(path), Long.MAX_VALUE - 1);
        value(b.post(path), Long.MAX_VALUE);
        problem(
                a.post(path),
                409,
                "\"title\":\"Conflict\"",
                "\"field\":\"value\"",
                "\"rule\":\"at most 9223372036854775807\"",
                "\"value\":9223372036854775807");
        problem(b.post(path), 409);
        value(a.get(path), Long.MAX_VALUE);
        nothingNew(a.get(path + "?last=" + Long.MAX_VALUE + "&wait=1"));
    }

    @Test
    void aClientThatLeavesWhileItIsHeldCostsNothingAfterItsWait() {
        String path = fresh();
        held(path + "?last=0&wait=2").vanish();
        long vanished = OwnTime.now();

        await("it is forgotten").until(() -> first().holds() == 0);
        assertTrue(OwnTime.since(vanished).toMillis() < 4_000, "it is forgotten soon");
        value(a.post(path), 1);
    }

    @Test
    void tenThousandClientsThatComeAndVanishLeaveNoWaiter() {
        String path = fresh();
        await("what other tests left has ended and is counted").until(() -> first().holds() == 0);
        double before = endings();
        List<Exchange> wave = new ArrayList<>();
        for (int i = 1; i <= 10_000; i++) {
            wave.add(a.send("GET", path + "?last=0&wait=2"));
            if (i % 500 > 0) continue;
            double all = before + i;
            await("the wave is held").until(() -> endings() + first().holds() >= all);
            wave.forEach(Exchange::vanish);
            wave.clear();
        }

        long vanished = OwnTime.now();
        await("none of them is left").until(() -> first().holds() == 0);
        assertTrue(OwnTime.since(vanished).toMillis() < 5_000, "none of them is left for long");
        assertEquals(10_000, endings() - before, "each of them was held, and has ended once");
        value(a.post(path), 1);
    }

    private double endings() {
        return IntStream.range(0, 5)
                .mapToObj(List.of("released", "timed-out", "gone", "refused", "drained")::get)
                .mapToDouble(ending -> first().meter("holdfast_endings_total{ending=\"" + ending + "\"}"))
                .sum();
    }

    @Test
    void aBurstOfIncrementsOnEveryMemberAnswersEachItsOwnValue() {
        String path = fresh();
        List<Exchange> posts = IntStream.range(0, 200)
                .mapToObj(i -> (i % 2 == 0 ? a : b).send("POST", path, "Content-Length: 0"))
                .toList();

        List<Long> values = posts.stream()
                .map(post -> Long.parseLong(post.response().body().strip()))
                .sorted()
                .toList();

        assertEquals(IntStream.rangeClosed(1, 200).mapToObj(Long::valueOf).toList(), values);
    }

    @Test
    void garbageOnTheLineGetsNoStackTrace() {
        noTrace(a.raw("GET / HTTP/9.9\r\n\r\n").response());
        Response nul = a.get(path("a%00b"));
        assertEquals(400, nul.status());
        noTrace(nul);
        noTrace(a.raw("NONSENSE\r\n\r\n").response());
        Response tooLarge = a.get("/counter/value/", "X-Large: " + "h".repeat(20_000));
        assertEquals(431, tooLarge.status());
        noTrace(tooLarge);
    }
}
