// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static io.holdfast.testing.Origin.answer;
import static io.holdfast.testing.Origin.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.access.token.Jwt;
import io.holdfast.access.token.TokenKey;
import io.holdfast.testing.Compressed;
import io.holdfast.testing.Http;
import io.holdfast.testing.Member;
import io.holdfast.testing.Origin;
import io.holdfast.testing.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are held at one member because their backend says so, and released by a publication at another. */
@Timeout(60)
class HoldsIT {
    private static final String TEXT = "Content-Type: text/plain\r\n";

    @TempDir
    private static Path folder;

    /** The answers of the backend, by path. */
    private static final Map<String, Origin.Behaviour> ANSWERS = new ConcurrentHashMap<>();

    /** The times of its requests, by path. */
    private static final Map<String, List<Long>> WHEN = new ConcurrentHashMap<>();

    private static Origin origin;
    private static Member one, two;

    @BeforeAll
    static void start() throws Exception {
        origin = Origin.that((asked, out) -> {
            String path = asked.line().split("[ ?]", -1)[1].replaceAll(".*/m\\d+", "");
            WHEN.computeIfAbsent(path, first -> new CopyOnWriteArrayList<>()).add(System.nanoTime());
            ANSWERS.getOrDefault(path, (a, o) -> write(o, answer(404, "", "no")))
                    .answer(asked, out);
        });
        Path routes = folder.resolve("routes");
        Files.writeString(
                routes,
                "*,debug 127.0.0.1:" + origin.port() + "\n*,path_beg=/open,aco 127.0.0.1:" + origin.port() + "\n");
        int first = Ports.free(), second = Ports.free();
        String peers = "127.0.0.1:" + first + ",127.0.0.1:" + second;
        one = member(first, peers, routes);
        two = member(second, peers, routes);
    }

    private static Member member(int port, String peers, Path routes) {
        return Member.start(Map.of(
                "cluster.port",
                Integer.toString(port),
                "cluster.name",
                "grip",
                "cluster.discovery",
                "tcp-ip",
                "cluster.peers",
                peers,
                "proxy.routes",
                routes.toString(),
                "grip.key",
                "hush",
                "grip.upstream.key",
                "before"));
    }

    @AfterAll
    static void stop() throws Exception {
        two.close();
        one.close();
        origin.close();
    }

    private static void says(String path, String headers, String body) {
        ANSWERS.put(path, (asked, out) -> write(out, answer(200, headers, body)));
    }

    private static Http.Response publish(Member member, String json) {
        return member.http()
                .send("POST", "/publish/", json.getBytes(UTF_8), "Content-Type: application/json")
                .response();
    }

    private static String item(String channel, String more) {
        return "{\"items\":[{\"channel\":\"" + channel + "\"," + more + "}]}";
    }

    private static long asked(String path) {
        return origin.asked().stream()
                .filter(a -> a.line().contains(path + " "))
                .count();
    }

    /** A request that is held when this returns: it is counted before its topic is followed. */
    private static Http.Exchange hold(Member member, String method, String path, byte... body) {
        int before = member.holds();
        Http.Exchange held = member.http().send(method, path, body);
        await().until(() -> member.holds() > before);
        return held;
    }

    @Test
    void aMemberThatIsFullEndsTheStreamsOfBrowsersAtOnceAndRefusesOthers() {
        String stream = "Grip-Hold: stream\r\nGrip-Channel: full\r\n";
        says("/open/events", "Content-Type: text/event-stream; charset=utf-8\r\n" + stream, "data: begun\n\n");
        says("/open/once", "Content-Type: text/event-stream\r\n" + stream.replace("stream", "response"), "data: x\n\n");
        says("/open/text", TEXT + stream, "begun");
        Map<String, String> settings = Map.of(
                "hold.limit", "1", "proxy.routes", folder.resolve("routes").toString());
        try (Member full = Member.start(settings);
                Http.Exchange held = hold(full, "GET", "/counter/value/?last=0")) {
            for (String path : List.of("/open/events", "/open/once")) {
                Http.Response ended = full.http().get(path, "Origin: http://page.example");
                assertEquals(200, ended.status(), ended.toString());
                assertTrue(ended.body().matches("retry: [0-9]{4}\n"), ended.body());
                assertTrue(ended.header("Content-Type").startsWith("text/event-stream"), ended.toString());
                assertEquals("http://page.example", ended.header("Access-Control-Allow-Origin"));
            }
            assertEquals(503, full.http().get("/open/text").status());
            assertFalse(held.isAnswered());
        }
    }

    @Test
    void anItemPublishedAtOneMemberReleasesTheHoldsOfAnother() throws Exception {
        says("/apple", TEXT + "Grip-Hold: response\r\nGrip-Channel: apple\r\nX-Kept: yes\r\n", "nothing yet");
        Http.Exchange held = hold(one, "GET", "/apple"), other = hold(two, "GET", "/apple");
        assertFalse(held.isAnswered());

        Http.Response published =
                publish(two, item("apple", "\"formats\":{\"http-response\":{\"code\":\"201\",\"body\":\"it\"}}"));

        assertEquals("Published\n", published.body());
        for (Http.Exchange one : List.of(held, other)) {
            Http.Response got = one.response();
            assertEquals(201, got.status());
            assertEquals("it", got.body());
            assertEquals("yes", got.header("X-Kept"));
            assertTrue(got.header("Content-Type").startsWith("text/plain"));
            assertEquals("", got.header("Grip-Hold"));
        }
    }

    @Test
    void aHoldThatTimesOutGetsTheResponseOfTheBackend() {
        says(
                "/vain",
                TEXT + "Grip-Hold: response\r\nGrip-Channel: vain\r\nGrip-Timeout: 1\r\nGrip-Status: 404\r\n",
                "in vain");
        long since = System.nanoTime();

        Http.Response got = one.http().get("/vain");

        assertEquals(404, got.status());
        assertEquals("in vain", got.body());
        assertTrue(System.nanoTime() - since >= 4_900_000_000L);
    }

    @Test
    void aBodyMaySayItToo() throws Exception {
        says(
                "/json",
                "Content-Type: application/grip-instruct\r\n",
                "{\"hold\":{\"channels\":[{\"name\":\"json\"}]},\"response\":{\"headers\":{\"Content-Type\":\"application/json\"},\"body\":\"{}\\n\"}}");
        Http.Exchange held = hold(one, "GET", "/json");

        publish(one, item("json", "\"http-response\":{\"body\":\"{\\\"n\\\":1}\\n\"}"));

        Http.Response got = held.response();
        assertEquals("{\"n\":1}\n", got.body());
        assertTrue(got.header("Content-Type").startsWith("application/json"), got.header("Content-Type"));
    }

    private static void saysCoded(String path, String headers, byte[] body) {
        ANSWERS.put(path, (asked, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n");
            out.write(body);
        });
    }

    @Test
    void aPublishedBodyDoesNotInheritTheCodingOfTheHold() throws Exception {
        String gzip = TEXT + "Content-Encoding: gzip\r\nGrip-Channel: coded\r\nGrip-Hold: ";
        saysCoded("/coded", gzip + "response\r\n", Compressed.gzip("nothing yet"));
        saysCoded("/coded-stream", gzip + "stream\r\n", Compressed.gzip("[opened]"));
        saysCoded(
                "/coded-json",
                "Content-Type: application/grip-instruct\r\nContent-Encoding: deflate\r\n",
                Compressed.deflate(
                        "{\"hold\":{\"channels\":[{\"name\":\"coded\"}]},\"response\":{\"body\":\"\"}}".getBytes(UTF_8),
                        false));
        saysCoded(
                "/brotli",
                TEXT + "Content-Encoding: br\r\nGrip-Channel: coded\r\nGrip-Hold: response\r\n",
                new byte[] {1});
        Http.Exchange stream = one.http().send("GET", "/coded-stream", "Accept-Encoding: gzip");
        stream.until("[opened]");
        List<Http.Exchange> all =
                List.of(hold(one, "GET", "/coded"), hold(one, "GET", "/coded-json"), hold(one, "GET", "/brotli"));

        byte[] item = Compressed.gzip(item(
                "coded", "\"formats\":{\"http-response\":{\"body\":\"it\"},\"http-stream\":{\"content\":\"<it>\"}}"));
        Http.Response published = two.http()
                .send("POST", "/publish/", item, "Content-Type: application/json", "Content-Encoding: gzip")
                .response();

        assertEquals("Published\n", published.body());
        assertFalse(stream.until("<it>").contains("Content-Encoding"));
        stream.close();
        for (Http.Exchange each : all) {
            Http.Response got = each.response();
            assertEquals("it", got.body());
            assertEquals("", got.header("Content-Encoding"));
        }
        for (String path : List.of("/coded", "/coded-stream", "/coded-json"))
            assertEquals("identity", last(path).header("Accept-Encoding"));
    }

    /** The backend was asked, and may have done something. */
    private static void assertFailed(Http.Response response) {
        assertEquals(502, response.status(), response.toString());
        assertEquals("unknown", response.header("Holdfast-Outcome"), response.toString());
    }

    @Test
    void anInstructionThatCannotBeReadIsAFailureOfTheBackend() {
        String instruct = "Content-Type: application/grip-instruct\r\nContent-Encoding: ";
        saysCoded("/unknown", instruct + "br\r\n", new byte[] {1});
        saysCoded("/broken", instruct + "gzip\r\n", "{}".getBytes(UTF_8));
        saysCoded("/bomb", instruct + "gzip\r\n", Compressed.gzip(new byte[1_000_000]));
        String stream = TEXT + "Content-Encoding: br\r\nGrip-Channel: coded\r\nGrip-Hold: stream\r\n";
        saysCoded("/unknown-stream", stream, new byte[] {1});
        saysCoded("/long-stream", stream, new byte[200_000]);
        saysCoded("/plain", TEXT + "Content-Encoding: br\r\nGrip-Foo: 1\r\n", new byte[] {'x'});

        for (String path : List.of("/unknown", "/broken", "/bomb", "/unknown-stream", "/long-stream"))
            assertFailed(one.http().get(path));
        assertEquals("br", one.http().get("/plain").header("Content-Encoding"), "it is passed on as it is");
    }

    @Test
    void aStreamGoesOnWithWhatIsPublishedUntilItIsClosed() throws Exception {
        says(
                "/stream",
                TEXT
                        + "Grip-Hold: stream\r\nGrip-Channel: stream\r\nGrip-Keep-Alive: \\n; format=cstring; timeout=1\r\n",
                "[opened]");
        Http.Exchange held = one.http().send("GET", "/stream");
        held.until("[opened]");

        for (int i = 0; i < 5; i++)
            publish(i % 2 == 0 ? one : two, item("stream", "\"http-stream\":{\"content\":\"<" + i + ">\"}"));
        held.until("<0>");
        held.until("<1>");
        held.until("<4>");
        held.until("\n");
        publish(two, item("stream", "\"http-stream\":{\"action\":\"close\"}"));
        assertEnds(held.rest());
    }

    /** Nothing but the end of a stream, which is in chunks. */
    private static void assertEnds(String rest) {
        assertTrue(rest.endsWith("\r\n0\r\n\r\n") || rest.equals("0\r\n\r\n"), rest);
        assertEquals("", rest.replaceAll("(?m)^[0-9a-fA-F]+\r\n", "").strip());
    }

    @Test
    void aClientThatHasSeenTheBeginningOfAStreamMissesNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            says("/begun" + i, TEXT + "Grip-Hold: stream\r\nGrip-Channel: begun" + i + "\r\n", "[opened]");
            Http.Exchange held = one.http().send("GET", "/begun" + i);
            held.until("[opened]");
            publish(two, item("begun" + i, "\"http-stream\":{\"content\":\"first\"}"));
            held.until("first");
            held.close();
        }
    }

    @Test
    void aStreamGoesOnBehindItsLinkUntilThereIsNone() throws Exception {
        says("/next", TEXT + "Grip-Link: </next2>; rel=next\r\n", "one,");
        says("/next2", TEXT + "Grip-Link: </next3>; rel=next\r\n", "two,");
        says("/next3", TEXT, "three");

        Http.Exchange held = one.http().send("GET", "/next");
        held.until("one,");
        held.until("two,");
        assertTrue(held.rest().contains("three"));
    }

    @Test
    void aLinkIsRelativeToWhereItStands() throws Exception {
        says("/links/one", TEXT + "Grip-Link: <more/two>; rel=next\r\n", "one,");
        ANSWERS.put(
                "/links/more/two",
                (asked, out) -> write(
                        out,
                        asked.line().contains("?again")
                                ? answer(200, TEXT + "Grip-Link: <three>; rel=next\r\n", "again,")
                                : answer(200, TEXT + "Grip-Link: <?again=1>; rel=next\r\n", "two,")));
        says("/links/more/three", TEXT, "three");

        String all = one.http().send("GET", "/links/one").response().body();
        assertEquals("one,two,again,three", all);
    }

    @Test
    void aLinkMayStandWhereAnswersHaveStrangeNames() {
        says("/odd[1]", TEXT + "Grip-Link: </odd2>; rel=next\r\n", "one,");
        says("/odd2", TEXT, "two");
        assertEquals("one,two", one.http().get("/odd[1]").body());
    }

    @Test
    void aStreamLooksBehindItsLinkThoughItIsKeptAlive() throws Exception {
        says(
                "/kept-alive",
                TEXT
                        + "Grip-Hold: stream\r\nGrip-Channel: kept-alive\r\nGrip-Keep-Alive: .; timeout=1\r\n"
                        + "Grip-Link: </kept-alive-too>; rel=next; timeout=3\r\n",
                "[");
        says("/kept-alive-too", TEXT, "more]");
        String all = one.http().send("GET", "/kept-alive").response().body();
        assertTrue(all.startsWith("[.") && all.endsWith("more]"), all);
    }

    @Test
    void anOrderedStreamWithoutANextLinkEndsWithTheReason() {
        says("/no-link", TEXT + "Grip-Hold: stream\r\nGrip-Channel: no-link; prev-id=1\r\n", "[");
        assertEquals(
                "[\n\nchannel 'no-link' specifies prev-id, but no next link found\n",
                one.http().get("/no-link").body());
    }

    @Test
    void aLinkThatLeadsToNoStreamEndsIt() {
        says("/ill-linked", TEXT + "Grip-Link: </ill-linked2>; rel=next\r\n", "[");
        says("/ill-linked2", TEXT + "Grip-Hold: response\r\nGrip-Channel: x\r\n", "");
        assertEquals(
                "[\n\nNext link returned non-stream hold.\n",
                one.http().get("/ill-linked").body());
    }

    @Test
    void theBeginningOfAStreamHasItsIdsToo() throws Exception {
        says(
                "/ids",
                TEXT
                        + "Grip-Hold: stream\r\nGrip-Channel: ids; filter=build-id\r\nGrip-Set-Meta: id_format=x, id_encoding=hex\r\n",
                "<%(AB)I>");
        Http.Exchange held = one.http().send("GET", "/ids");
        held.until("<4142>");
        held.close();
        says("/no-ids", TEXT + "Grip-Hold: stream\r\nGrip-Channel: ids; filter=build-id\r\n", "<%(AB)I>");
        assertEquals(
                "\n\nfilter error: build-id: no sub meta 'id_format'\n",
                one.http().get("/no-ids").body());
    }

    @Test
    void aResponseThatCannotHaveABodyIsNotHeldAsAStream() {
        says("/headed", TEXT + "Grip-Hold: stream\r\nGrip-Channel: headed\r\nX-A: b\r\n", "");
        says("/empty", "Grip-Hold: stream\r\nGrip-Channel: headed\r\nGrip-Status: 204\r\n", "");
        Http.Response head = one.http().send("HEAD", "/headed").response();
        assertEquals("b", head.header("X-A"));
        says("/began", TEXT + "Grip-Hold: stream\r\nGrip-Channel: headed\r\n", "the beginning");
        assertEquals("", one.http().send("HEAD", "/began").response().header("Content-Length"));
        assertEquals(204, one.http().get("/empty").status());
    }

    @Test
    void anItemPublishedLongBeforeReleasesNothing() throws Exception {
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < 450; i++)
            items.append(i == 0 ? "" : ",").append("{\"channel\":\"long\",\"http-response\":{\"body\":\"old\"}}");
        assertEquals(200, publish(one, "{\"items\":[" + items + "]}").status());
        // An item of a second or two ago may be news.
        says("/long", TEXT + "Grip-Hold: response\r\nGrip-Channel: long\r\n", "vain");
        await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
        Http.Exchange held = hold(two, "GET", "/long");

        assertEquals(
                200,
                publish(one, item("long", "\"http-response\":{\"body\":\"new\"}"))
                        .status());

        assertEquals("new", held.response().body());
    }

    @Test
    void theBeginningOfAStreamMayBeLong() throws Exception {
        String much = "0123456789".repeat(50_000);
        says("/much", TEXT + "Grip-Hold: stream\r\nGrip-Channel: much\r\n", much + "[");
        Http.Exchange held = one.http().send("GET", "/much");
        held.until("[");
        CompletableFuture<String> rest = CompletableFuture.supplyAsync(held::rest);
        // It is held once the client has taken the whole beginning.
        await().until(() -> {
            publish(two, item("much", "\"http-stream\":{\"action\":\"close\"}"));
            return rest.isDone();
        });
        assertEnds(rest.join());

        says("/much-linked", TEXT + "Grip-Link: </much-next>; rel=next\r\n", much + "[");
        says("/much-next", TEXT, "next]");
        assertEquals(much + "[next]", one.http().get("/much-linked").body());
        says("/much-held", TEXT + "Grip-Hold: response\r\nGrip-Channel: much\r\n", much);
        assertTrue(one.http().get("/much-held").body().startsWith("GRIP instruct response too large"));
    }

    @Test
    void anItemForOtherFiltersEndsTheHold() throws Exception {
        String on = TEXT + "Grip-Channel: filtered; filter=skip-self\r\nGrip-Hold: ";
        says("/filtered", on + "response\r\n", "vain");
        says("/filtered-stream", on + "stream\r\n", "[");
        Http.Exchange held = hold(one, "GET", "/filtered"), stream = one.http().send("GET", "/filtered-stream");
        stream.until("[");

        publish(
                two,
                item(
                        "filtered",
                        "\"formats\":{\"http-response\":{\"body\":\"x\",\"content-filters\":[\"var-subst\"]},"
                                + "\"http-stream\":{\"content\":\"x\",\"content-filters\":[\"var-subst\"]}}"));

        String why = "content filter mismatch: subscription= message=var-subst\n";
        Http.Response refused = held.response();
        assertFailed(refused);
        assertEquals(why, refused.body());
        assertTrue(stream.rest().contains("\n\n" + why));
    }

    @Test
    void aLinkThatLeadsInACircleIsFollowedMoreAndMoreSlowly() throws Exception {
        AtomicInteger times = new AtomicInteger();
        circle("/circle", "</circle>", "round ");
        circle("/circle-a", "</circle-b>", "a");
        circle("/circle-b", "</circle-a>", "b");
        ANSWERS.put(
                "/nothing",
                (asked, out) -> write(
                        out,
                        answer(200, TEXT + "Grip-Link: </nothing?" + times.incrementAndGet() + ">; rel=next\r\n", "")));
        List<Http.Exchange> all = new ArrayList<>();
        for (String path : List.of("/circle", "/circle-a", "/nothing"))
            all.add(one.http().send("GET", path));

        // Each pause begins after the request before it was answered.
        for (String path : List.of("/circle", "/circle-a", "/circle-b", "/nothing")) {
            await().until(() -> when(path).size() >= 4);
            List<Long> when = when(path);
            for (int i = 1; i < 4; i++)
                assertTrue(when.get(i) - when.get(i - 1) >= (100_000_000L << (i - 1)), path + " " + i + " " + when);
        }
        for (Http.Exchange each : all) each.close();
    }

    private static List<Long> when(String path) {
        return WHEN.getOrDefault(path, List.of());
    }

    private static void circle(String path, String next, String body) {
        says(path, TEXT + "Grip-Link: " + next + "; rel=next\r\n", body);
    }

    @Test
    void aStreamThatMissedSomethingLooksBehindItsLink() throws Exception {
        says(
                "/linked",
                TEXT + "Grip-Hold: stream\r\nGrip-Channel: linked; prev-id=1\r\nGrip-Link: </more>; rel=next\r\n",
                "[");
        ANSWERS.put(
                "/more",
                (asked, out) -> write(
                        out,
                        answer(
                                200,
                                TEXT
                                        + "Grip-Hold: stream\r\nGrip-Channel: linked; prev-id=3\r\nGrip-Link: </more>; rel=next\r\n",
                                "<" + asked.header("Grip-Last") + ">")));
        Http.Exchange held = two.http().send("GET", "/linked");
        held.until("[");

        publish(one, item("linked", "\"id\":\"3\",\"prev-id\":\"2\",\"http-stream\":{\"content\":\"three\"}"));
        held.until("<linked; last-id=1>");
        publish(one, item("linked", "\"id\":\"4\",\"prev-id\":\"3\",\"http-stream\":{\"content\":\"four\"}"));
        held.until("four");
        publish(one, item("linked", "\"http-stream\":{\"action\":\"hint\"}"));
        held.until("<linked; last-id=4>");
        held.close();
    }

    @Test
    void aBackendGetsAPostWhenItsClientIsGone() throws Exception {
        says("/leaver", TEXT + "Grip-Hold: stream\r\nGrip-Channel: leaver\r\nGrip-Link: </left>; rel=gone\r\n", "[");
        says("/left", "", "");
        Http.Exchange held = one.http().send("GET", "/leaver");
        held.until("[");

        publish(two, item("leaver", "\"http-stream\":{\"action\":\"close\"}"));

        await().until(() -> asked("/left") == 1);
        Origin.Asked told = origin.asked().stream()
                .filter(a -> a.line().contains("/left "))
                .findFirst()
                .orElseThrow();
        assertTrue(told.line().startsWith("POST "), told.line());
        assertEquals("0", told.header("Content-Length"));
    }

    @Test
    void shuffledItemsComeInOrderAndTwiceTheSameOnce() throws Exception {
        says("/order", TEXT + "Grip-Hold: stream\r\nGrip-Channel: order\r\n", "[");
        Http.Exchange held = two.http().send("GET", "/order");
        held.until("[");
        for (String each : List.of("a", "c:b", "d:c", "b:a", "b:a", "d:c")) {
            String id = each.substring(0, 1);
            String before = each.length() > 1 ? ",\"prev-id\":\"" + each.substring(2) + "\"" : "";
            publish(
                    one,
                    item("order", "\"id\":\"" + id + "\"" + before + ",\"http-stream\":{\"content\":\"" + id + "\"}"));
        }
        publish(one, item("order", "\"id\":\"e\",\"prev-id\":\"d\",\"http-stream\":{\"content\":\"e]\"}"));

        String all = held.until("]").replaceAll("\r\n[0-9a-f]+\r\n", "");
        assertTrue(all.replaceAll("[^a-e]", "").endsWith("abcde"), all);
        held.close();
    }

    @Test
    void aHoldThatMissedAnItemIsAskedForAgainWithItsLastIds() throws Exception {
        publish(one, item("prev", "\"id\":\"2\",\"http-response\":{\"body\":\"two\"}"));
        ANSWERS.put("/prev", (asked, out) -> {
            boolean again = !asked.header("Grip-Last").isEmpty();
            write(
                    out,
                    again
                            ? answer(200, TEXT, asked.header("Grip-Last"))
                            : answer(200, TEXT + "Grip-Hold: response\r\nGrip-Channel: prev; prev-id=1\r\n", "vain"));
        });

        assertEquals("prev; last-id=1", two.http().get("/prev").body());
        assertEquals(2, asked("/prev"));
    }

    @Test
    void aHintHasTheBackendAskedAgain() throws Exception {
        ANSWERS.put(
                "/hint",
                (asked, out) -> write(
                        out,
                        asked("/hint") > 1
                                ? answer(200, TEXT, "asked again")
                                : answer(200, TEXT + "Grip-Hold: response\r\nGrip-Channel: hint\r\n", "vain")));
        Http.Exchange held = hold(one, "POST", "/hint", "body".getBytes(UTF_8));

        publish(two, item("hint", "\"http-response\":{\"action\":\"hint\"}"));

        assertEquals("asked again", held.response().body());
        assertEquals(
                List.of("body", "body"),
                origin.asked().stream()
                        .filter(a -> a.line().contains("/hint "))
                        .map(Origin.Asked::text)
                        .toList());
    }

    @Test
    void anItemPublishedWhileTheBackendAnswersIsNotMissed() throws Exception {
        // A request is held, so that the topic is followed.
        says("/race0", TEXT + "Grip-Hold: response\r\nGrip-Channel: race\r\n", "vain");
        ANSWERS.put("/race", (asked, out) -> {
            if (asked("/race") > 1) {
                write(out, answer(200, TEXT, "new"));
                return;
            }
            publish(two, item("race", "\"http-response\":{\"body\":\"new\"}"));
            write(out, answer(200, TEXT + "Grip-Hold: response\r\nGrip-Channel: race\r\n", "vain"));
        });

        assertEquals("new", one.http().get("/race").body());
    }

    @Test
    void filtersDropAndChange() throws Exception {
        says(
                "/mine",
                TEXT
                        + "Grip-Hold: response\r\nGrip-Channel: filters; filter=skip-self; filter=var-subst\r\nGrip-Set-Meta: user=alice\r\n",
                "vain");
        Http.Exchange held = hold(one, "GET", "/mine");

        publish(one, item("filters", "\"meta\":{\"sender\":\"alice\"},\"http-response\":{\"body\":\"own\"}"));
        publish(one, item("filters", "\"meta\":{\"sender\":\"bob\"},\"http-response\":{\"body\":\"hello %(user)s\"}"));

        assertEquals("hello alice", held.response().body());
    }

    @Test
    void aScriptIsHeldAndGivenACall() throws Exception {
        says("/openheld", TEXT + "Grip-Hold: response\r\nGrip-Channel: openheld\r\n", "vain");
        Http.Exchange held = hold(one, "GET", "/openheld?callback=go");

        publish(two, item("openheld", "\"http-response\":{\"code\":201,\"body\":\"it\"}"));

        Http.Response got = held.response();
        assertEquals(200, got.status());
        assertEquals(
                "/**/go({\"code\": 201, \"reason\": \"Created\", \"headers\": {\"Content-Type\":\"text/plain\"}, \"body\": \"it\"});\n",
                got.body());
    }

    @Test
    void aScriptMayBeHeldAsAStream() throws Exception {
        says("/openstream", TEXT + "Grip-Hold: stream\r\nGrip-Channel: openstream\r\n", "[opened]");
        Http.Exchange held = two.http().send("GET", "/openstream?callback=go");
        held.until("[opened]");

        publish(one, item("openstream", "\"http-stream\":{\"content\":\"\\\"one\\\"\"}"));
        held.until("\\\"one\\\"");
        publish(one, item("openstream", "\"http-stream\":{\"action\":\"close\"}"));
        assertEquals(
                "\"});", held.rest().replaceAll("\r\n[0-9a-fA-F]*\r\n|\r\n", "").strip());
    }

    @Test
    void aProxyBeforeThisOneIsGivenTheInstructionItself() {
        says("/upstream", TEXT + "Grip-Hold: response\r\nGrip-Channel: upstream\r\nGrip-Timeout: 5\r\n", "vain");
        String token = Jwt.sign("pushpin", TokenKey.of("before"), Instant.now());

        Http.Response got = one.http()
                .get(
                        "/upstream",
                        "Grip-Sig: " + token,
                        "Grip-Feature: status",
                        "Grip-Last: a; last-id=1",
                        "Accept: application/websocket-events");

        assertEquals("vain", got.body());
        assertEquals("upstream", got.header("Grip-Channel"));
        assertEquals("response", got.header("Grip-Hold"));
        Origin.Asked asked = last("/upstream");
        assertEquals(token, asked.header("Grip-Sig"));
        assertEquals("status", asked.header("Grip-Feature"));
        assertEquals("a; last-id=1", asked.header("Grip-Last"));
        assertEquals("application/websocket-events", asked.header("Accept"), "its events are its own");
    }

    @Test
    void aClientThatOnlyClaimsToBeAProxyIsHeld() throws Exception {
        says("/forger", TEXT + "Grip-Hold: response\r\nGrip-Channel: forger\r\n", "vain");
        String token = Jwt.sign("pushpin", TokenKey.of("hush"), Instant.now());
        int before = one.holds();
        Http.Exchange held = one.http().send("GET", "/forger", "Grip-Sig: " + token, "Grip-Last: a; last-id=1");
        await().until(() -> one.holds() > before);

        publish(one, item("forger", "\"http-response\":{\"body\":\"it\"}"));
        assertEquals("it", held.response().body());
        Origin.Asked asked = last("/forger");
        assertEquals("", asked.header("Grip-Last"));
        assertEquals(
                "holdfast",
                Jwt.claims(asked.header("Grip-Sig"), TokenKey.of("hush"), Instant.now())
                        .orElseThrow()
                        .issuer());
    }

    private static Origin.Asked last(String path) {
        return origin.asked().stream()
                .filter(a -> a.line().contains(path + " "))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void aBadInstructionIsAFailureWithItsReasonWhereTheRouteIsDebugged() {
        says("/bad", "Grip-Hold: maybe\r\n", "");

        Http.Response got = one.http().get("/bad");

        assertFailed(got);
        assertEquals(
                "Failed to parse accept instructions: Grip-Hold must be set to either 'response' or 'stream'\n",
                got.body());
    }

    @Test
    void publishersAreAnsweredAsByPushpin() {
        Map<String, String> bad = Map.of(
                "x", "Body is not valid JSON.\n",
                "[]", "Invalid format.\n",
                "{}", "Invalid format: object does not contain 'items'\n",
                "{\"items\":1}", "Invalid format: object contains 'items' with wrong type\n",
                "{\"items\":[{\"http-stream\":{\"content\":\"\"}}]}",
                        "Invalid format: publish item object does not contain 'channel'\n",
                "{\"items\":[{\"channel\":\"a\"}]}", "Invalid format: no formats specified\n");
        bad.forEach((body, said) -> {
            Http.Response got = publish(one, body);
            assertEquals(400, got.status(), body);
            assertEquals(said, got.body(), body);
        });
        assertEquals("Published\n", publish(one, "{\"items\":[]}").body());
        assertEquals(405, one.http().get("/publish").status());
        assertEquals("POST", one.http().get("/publish").header("Allow"));
        assertEquals(
                406,
                one.http()
                        .send("POST", "/publish", new byte[0], "Accept: image/png")
                        .response()
                        .status());
    }

    @Test
    void aCrowdIsReleasedAtOnceAndWhoeverLeftIsForgotten() throws Exception {
        says("/crowd", TEXT + "Grip-Hold: response\r\nGrip-Channel: crowd\r\n", "vain");
        int holds = one.holds();
        List<Http.Exchange> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) held.add(one.http().send("GET", "/crowd"));
        await().until(() -> one.holds() >= holds + 200);

        publish(two, item("crowd", "\"http-response\":{\"body\":\"all\"}"));

        for (Http.Exchange each : held) assertEquals("all", each.response().body());
    }
}
