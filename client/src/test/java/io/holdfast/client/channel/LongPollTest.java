// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.event;
import static io.holdfast.client.testing.ScriptedServer.nothing;
import static io.holdfast.client.testing.ScriptedServer.page;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.raw;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.ClientFixture;
import io.holdfast.client.Event;
import io.holdfast.client.Following;
import io.holdfast.client.GaveUpException;
import io.holdfast.client.RefusedException;
import io.holdfast.client.Trouble;
import io.holdfast.client.http.Transport;
import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.RecordingListener;
import io.holdfast.client.testing.ScriptedServer;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongPollTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ClientFixture fixture = new ClientFixture();
    private final ScriptedServer server = fixture.server;
    private final RecordingListener listener = fixture.listener;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static String held(String after) {
        return "GET /channels/orders/events?after=" + after + "&limit=100&wait=30";
    }

    private Following followAfter(String cursor) {
        return fixture.both().follow("orders").after(cursor).start(listener);
    }

    /** A reply that comes after that time. */
    private ScriptedServer.Reply heldFor(Duration time, ScriptedServer.Reply reply) {
        return (request, out) -> {
            fixture.time.advance(time);
            return reply.write(request, out);
        };
    }

    @Test
    void aFollowerWithoutCursorFirstAsksForOneWithoutAHold() {
        server.then(nothing("3-a"));

        Following following = fixture.both().follow("orders").start(listener);

        fixture.awaitRequests(server, "GET /channels/orders/events?limit=100&wait=0", held("3-a"));
        assertEquals(Optional.of("3-a"), following.cursor());
        assertEquals("application/json", server.requests.get(0).header("Accept"));
        assertNull(server.requests.get(0).header("Authorization"));
        fixture.awaitCalls("reached 3-a");
    }

    @Test
    void noEventIsMissedFromTheFirstCursorOn() {
        server.then(problem(503, "Starting."));
        fixture.other.then(nothing("3-a"), page("4-a", event("4-a", "x")));

        fixture.both().follow("orders").start(listener);

        fixture.pass(SECOND);
        fixture.awaitRequests(fixture.other, "GET /channels/orders/events?limit=100&wait=0", held("3-a"), held("4-a"));
        fixture.awaitCalls("reached 3-a", "event 4-a", "reached 4-a");
    }

    @Test
    void eventsComeInOrderAndComplete() {
        server.then(page("2-a", event("1-a", "one"), event("2-a", "two")));

        Following following = followAfter("0-a");

        fixture.awaitRequests(server, held("0-a"), held("2-a"));
        fixture.awaitCalls("event 1-a", "reached 1-a", "event 2-a", "reached 2-a");
        Event first = listener.events.get(0);
        assertEquals("orders", first.channel());
        assertNull(first.type());
        assertEquals(Instant.parse("2026-11-21T10:15:30.123Z"), first.time());
        assertEquals("text/plain", first.contentType());
        assertEquals("one", first.text());
        assertEquals(Optional.of("2-a"), following.cursor());
    }

    @Test
    void bytesAreThoseThatWerePublished() {
        server.then(page(
                "1-a",
                "{\"id\":\"1-a\",\"channel\":\"orders\",\"type\":\"blob\",\"time\":\"2026-11-21T10:15:30Z\","
                        + "\"contentType\":\"image/png\",\"data\":\"AP+A\",\"encoding\":\"base64\",\"later\":[{}]}"));

        followAfter("earliest");

        fixture.awaitCalls("event 1-a", "reached 1-a");
        assertArrayEquals(new byte[] {0, -1, -128}, listener.events.get(0).data());
        assertEquals("blob", listener.events.get(0).type());
        fixture.awaitRequests(server, held("earliest"), held("1-a"));
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void anEmptyAnswerAfterAHoldIsFollowedByTheNextPollAtOnce(int status) {
        server.then(heldFor(Duration.ofSeconds(30), answer(status, "ETag: W/\"5-a\"", "")));

        followAfter("0-a");

        fixture.awaitRequests(server, held("0-a"), held("5-a"));
        fixture.awaitCalls("reached 5-a");
    }

    @Test
    void anEmptyAnswerThatWasNotHeldIsFollowedByAPauseAndTheNextMember() {
        server.then(nothing("0-a"));

        followAfter("0-a");

        fixture.pass(SECOND);
        fixture.awaitRequests(fixture.other, held("0-a"));
        fixture.awaitRequests(server, held("0-a"));
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void aBusyMemberGetsNoRequestForAsLongAsItAsks() {
        server.then(problem(503, "This member drains.", "Retry-After: 7"));
        fixture.other.then(problem(429, "Too many.", "Retry-After: Sat, 21 Nov 2026 12:00:20 GMT"));

        followAfter("0-a");

        fixture.pass(Duration.ofSeconds(8)); // 7, and the ceiling of 1
        fixture.pass(Duration.ofSeconds(14)); // from 12:00:08 to 12:00:20, and the ceiling of 2
        fixture.awaitRequests(server, held("0-a"), held("0-a"));
        assertEquals("HTTP 503: This member drains.", fixture.trouble(0));
        assertEquals(server.uri(), listener.troubles.get(0).at());
        assertEquals(fixture.other.uri(), listener.troubles.get(1).at());
        assertEquals(2, listener.troubles.get(1).failures());
        assertEquals(Duration.ofSeconds(14), listener.troubles.get(1).pause());
    }

    @Test
    void pausesGrowWithEachFailureAndAreShortAfterASuccess() {
        ScriptedServer.Reply broken = problem(500, "Broken.");
        server.then(broken, broken, broken, broken, broken, broken, broken, broken);
        server.then(page("1-a", event("1-a", "x"))).always(broken);

        fixture.one().follow("orders").after("0-a").start(listener);

        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) fixture.pass(Duration.ofSeconds(seconds));
        fixture.pass(SECOND);
        assertEquals(List.of("1-a"), listener.ids());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504, 507})
    void aTransientFailureIsRetried(int status) {
        server.then(answer(status, "Content-Type: text/html", "<p>no</p>"), page("1-a", event("1-a", "x")));

        fixture.one().follow("orders").after("0-a").start(listener);

        fixture.pass(SECOND);
        fixture.awaitRequests(server, held("0-a"), held("0-a"), held("1-a"));
        assertEquals("HTTP " + status, fixture.trouble(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 410, 422})
    void aRefusalEndsTheFollowerWithTheServersSentence(int status) throws Exception {
        server.then(problem(status, "after must be a cursor of this channel, not 'x'."));

        Throwable ending = ClientFixture.ending(followAfter("x").done());

        RefusedException refused = assertInstanceOf(RefusedException.class, ending);
        assertEquals(status, refused.status());
        assertEquals("HTTP " + status + ": after must be a cursor of this channel, not 'x'.", refused.getMessage());
        fixture.awaitRequests(server, held("x"));
    }

    @Test
    void anAnswerThatIsCutIsRequestedAgain() {
        server.then(
                raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"events\":[" + event("1-a", "x"), false),
                page("1-a", event("1-a", "x")));

        fixture.one().follow("orders").after("0-a").start(listener);

        fixture.pass(SECOND);
        fixture.awaitRequests(server, held("0-a"), held("0-a"), held("1-a"));
        assertEquals(List.of("1-a"), listener.ids());
        assertEquals(1, listener.troubles.size());
    }

    @Test
    void aMemberThatIsDownIsSkipped() throws Exception {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        server.then(page("1-a", event("1-a", "x")));

        fixture.client(FixedRandom.MOST, null, nobody, server.uri())
                .follow("orders")
                .after("0-a")
                .start(listener);

        assertEquals("There is no connection.", fixture.trouble(0));
        fixture.pass(SECOND);
        fixture.awaitCalls("event 1-a", "reached 1-a");
    }

    @Test
    void aServerThatIsSilentForLongerThanTheHoldIsLeft() {
        followAfter("0-a");
        fixture.awaitRequests(server, held("0-a"));

        fixture.time.advance(Duration.ofSeconds(39));
        assertEquals(0, listener.troubles.size());
        fixture.time.advance(SECOND);

        assertEquals("The server was silent for 40.0 s.", fixture.trouble(0));
        await().until(() -> server.gone() == 1);
        fixture.pass(SECOND);
        fixture.awaitRequests(fixture.other, held("0-a"));
    }

    @Test
    void noEventIsGivenTwice() {
        server.then(
                page("2-a", event("1-a", "x"), event("2-a", "y")),
                page("4-b", event("2-a", "y"), renumbered("3-b", "1-a"), event("4-b", "z")),
                page("5-b", renumbered("5-b", "9-a")),
                page("6-b", event("9-a", "stale"), event("6-b", "w")));

        followAfter("0-a");

        fixture.awaitRequests(server, held("0-a"), held("2-a"), held("4-b"), held("5-b"), held("6-b"));
        assertEquals(List.of("1-a", "2-a", "4-b", "5-b", "6-b"), listener.ids());
    }

    private static String renumbered(String id, String was) {
        return event(id, "x").replace("}", ",\"was\":\"" + was + "\"}");
    }

    @Test
    void equalIdsOfTwoChannelsAreTwoEvents() {
        server.then(page("c1", event("1-a", "x"), event("1-a", "y").replace("orders", "bills")));

        fixture.one().follow("orders", "bills").after("c0").start(listener);

        fixture.awaitCalls("event 1-a", "event 1-a", "reached c1");
        assertEquals(
                "GET /channels/orders,bills/events?after=c0&limit=100&wait=30",
                server.lines().get(0));
    }

    @Test
    void aGapIsReportedBeforeTheEventsBehindIt() {
        server.then(answer(
                200,
                "Content-Type: application/json",
                "{\"events\":[" + event("7-a", "x")
                        + "],\"last\":\"7-a\",\"gap\":{\"after\":\"1-a\",\"oldest\":\"7-a\"}}"));
        server.then(answer(
                200,
                "Content-Type: application/json",
                "{\"events\":[],\"last\":\"9-c\",\"gap\":{\"after\":\"7-a\",\"oldest\":null}}"));

        followAfter("1-a");

        fixture.awaitCalls("gap 1-a 7-a", "event 7-a", "reached 7-a", "gap 7-a null", "reached 9-c");
        fixture.awaitRequests(server, held("1-a"), held("7-a"), held("9-c"));
    }

    @Test
    void anEventWhoseListenerFailedIsGivenAgainAndNoOtherIs() {
        RecordingListener picky = new RecordingListener() {
            @Override
            public void event(Event event) throws Exception {
                if (event.id().equals("2-a")) super.event(event);
                else {
                    events.add(event);
                    calls.add("event " + event.id());
                }
            }
        };
        picky.failures.set(2);
        server.then(
                page("3-a", event("1-a", "x"), event("2-a", "y"), event("3-a", "z")),
                page("3-a", event("2-a", "y"), event("3-a", "z")),
                page("3-a", event("2-a", "y"), event("3-a", "z")));

        Following following = fixture.one().follow("orders").after("0-a").start(picky);

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        fixture.awaitRequests(server, held("0-a"), held("1-a"), held("1-a"), held("3-a"));
        assertEquals(
                List.of("event 1-a", "reached 1-a", "event 2-a", "reached 2-a", "event 3-a", "reached 3-a"),
                picky.calls);
        assertEquals(Optional.of("3-a"), following.cursor());
        assertEquals(
                "The listener failed: java.lang.IllegalStateException: not now",
                picky.troubles.get(0).what());
        assertEquals(
                List.of(1, 2), picky.troubles.stream().map(Trouble::failures).toList());
    }

    @Test
    void aCursorThatTheListenerCouldNotStoreDoesNotMove() {
        RecordingListener forgetful = new RecordingListener() {
            @Override
            public void reached(String cursor) {
                if (troubles.isEmpty()) throw new IllegalStateException("the disk is full");
                super.reached(cursor);
            }
        };
        server.then(page("1-a", event("1-a", "x")), page("1-a", event("1-a", "x")));

        Following following = fixture.one().follow("orders").after("0-a").start(forgetful);

        await().until(() -> forgetful.troubles.size() == 1);
        assertEquals(Optional.of("0-a"), following.cursor());
        fixture.pass(SECOND);
        fixture.awaitRequests(server, held("0-a"), held("0-a"), held("1-a"));
        assertEquals(List.of("event 1-a", "reached 1-a"), forgetful.calls);
    }

    @Test
    void theCursorOfSeveralChannelsMovesWithTheWholeAnswer() {
        RecordingListener picky = new RecordingListener() {
            @Override
            public void event(Event event) throws Exception {
                if (event.id().equals("2-a") && troubles.isEmpty()) throw new Exception("not now");
                super.event(event);
            }
        };
        server.then(page("c2", event("1-a", "x"), event("2-a", "y")), page("c2", event("1-a", "x"), event("2-a", "y")));

        Following following =
                fixture.one().follow("orders", "bills").after("c0").start(picky);

        await().until(() -> picky.troubles.size() == 1);
        assertEquals(Optional.of("c0"), following.cursor());
        fixture.pass(SECOND);
        await().until(() -> following.cursor().equals(Optional.of("c2")));
        assertEquals(List.of("event 1-a", "event 2-a", "reached c2"), picky.calls);
    }

    @Test
    void aGapIsReportedAgainAfterAFailureOfTheListener() {
        listener.failures.set(1);
        ScriptedServer.Reply gap = answer(
                200,
                "Content-Type: application/json",
                "{\"events\":[" + event("7-a", "x")
                        + "],\"last\":\"7-a\",\"gap\":{\"after\":\"1-a\",\"oldest\":\"7-a\"}}");
        server.then(gap, gap);

        followAfter("1-a");

        fixture.pass(SECOND);
        fixture.awaitCalls("gap 1-a 7-a", "event 7-a", "reached 7-a");
        fixture.awaitRequests(server, held("1-a"), held("1-a"), held("7-a"));
    }

    @Test
    void aListenerThatThrowsErrorsOrFailsOnTroubleDoesNotEndTheFollower() {
        RecordingListener wild = new RecordingListener() {
            @Override
            public void event(Event event) throws Exception {
                if (events.isEmpty() && troubles.isEmpty()) throw new AssertionError("wild");
                super.event(event);
            }

            @Override
            public void trouble(Trouble trouble) {
                super.trouble(trouble);
                throw new IllegalStateException("this test wants this in the log");
            }
        };
        server.then(page("1-a", event("1-a", "x")), page("1-a", event("1-a", "x")));

        fixture.one().follow("orders").after("0-a").start(wild);

        fixture.pass(SECOND);
        await().until(() -> wild.ids().equals(List.of("1-a")));
    }

    @Test
    void aListenerMayStopInTheMiddleOfAnAnswer() throws Exception {
        AtomicReference<Following> self = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        RecordingListener stopping = new RecordingListener() {
            @Override
            public void event(Event event) throws Exception {
                known.await();
                self.get().stop();
                super.event(event);
            }
        };
        server.then(page("3-a", event("1-a", "x"), event("2-a", "y"), event("3-a", "z")));

        self.set(fixture.one().follow("orders").after("0-a").start(stopping));
        known.countDown();

        assertNull(ClientFixture.ending(self.get().done()));
        assertEquals(List.of("event 1-a", "reached 1-a"), stopping.calls);
        assertEquals(Optional.of("1-a"), self.get().cursor());
        fixture.awaitRequests(server, held("0-a"));
    }

    @Test
    void aStopReleasesTheHeldRequest() throws Exception {
        Following following = followAfter("0-a");
        fixture.awaitRequests(server, held("0-a"));

        following.stop();

        assertNull(ClientFixture.ending(following.done()));
        await().until(() -> server.gone() == 1);
        assertNull(fixture.time.untilNext());
    }

    @Test
    void closingTheClientStopsItsFollowers() throws Exception {
        Following following = fixture.one().follow("orders").after("0-a").start(listener);
        fixture.awaitRequests(server, held("0-a"));

        fixture.one().close();

        assertNull(ClientFixture.ending(following.done()));
    }

    @Test
    void aStopDuringAPauseEndsTheFollower() throws Exception {
        server.then(problem(503, "Not now."));
        Following following = followAfter("0-a");
        await().until(() -> SECOND.equals(fixture.time.untilNext()));

        following.stop();

        assertNull(ClientFixture.ending(following.done()));
        assertNull(fixture.time.untilNext());
    }

    @Test
    void aFollowerGivesUpAfterTheTimeWithoutSuccess() throws Exception {
        server.always(problem(503, "Not now."));

        Following following = fixture.one()
                .follow("orders")
                .after("0-a")
                .giveUpAfter(Duration.ofSeconds(5))
                .start(listener);

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        GaveUpException gaveUp = assertInstanceOf(GaveUpException.class, ClientFixture.ending(following.done()));
        assertEquals(server.uri() + ": HTTP 503: Not now.", gaveUp.getMessage());
    }

    @Test
    void anAnswerThatIsTooLongIsRequestedInSmallerOnes() throws Exception {
        String long_ = event("1-a", "x".repeat(2000));
        server.then(page("1-a", long_), page("1-a", long_), page("1-a", long_), page("1-a", long_));

        Following following = fixture.one()
                .follow("orders")
                .after("0-a")
                .answersOf(20)
                .longest(1024)
                .start(listener);

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        RefusedException refused = assertInstanceOf(RefusedException.class, ClientFixture.ending(following.done()));
        assertEquals("The answer is longer than the 1024 bytes this client takes.", refused.getMessage());
        fixture.awaitRequests(
                server,
                held("0-a").replace("100", "20"),
                held("0-a").replace("100", "5"),
                held("0-a").replace("100", "1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"events\":{},\"last\":\"1\"}",
                "{\"events\":[]}",
                "{\"events\":[1],\"last\":\"1\"}",
                "{\"events\":[{\"id\":\"1\"}],\"last\":\"1\"}",
                "{\"events\":[{\"id\":\"1\",\"data\":\"%\",\"encoding\":\"base64\"}],\"last\":\"1\"}",
                "{\"events\":[{\"id\":\"1\",\"data\":\"x\",\"encoding\":\"gzip\"}],\"last\":\"1\"}",
                "{\"events\":[{\"id\":\"1\",\"data\":\"x\",\"time\":\"noon\"}],\"last\":\"1\"}"
            })
    void anAnswerThatIsNotHoldfastsIsTroubleWithoutAnEvent(String body) {
        server.then(answer(200, "Content-Type: application/json", body));

        followAfter("0-a");

        fixture.trouble(0);
        fixture.pass(SECOND);
        fixture.awaitRequests(fixture.other, held("0-a"));
        assertEquals(List.of(), listener.calls);
    }

    @Test
    void jsonThatIsTooDeepIsTrouble() {
        server.then(answer(200, "Content-Type: application/json", "[".repeat(1_000_000)));

        followAfter("0-a");

        fixture.trouble(0);
        fixture.pass(SECOND);
        fixture.awaitRequests(fixture.other, held("0-a"));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectWithinTheOriginIsFollowed(int status) {
        server.then(
                answer(status, "Location: /elsewhere?after=0-a", ""),
                answer(status, "Location: " + server.uri() + "/there", ""),
                page("1-a", event("1-a", "x")));

        fixture.client(FixedRandom.MOST, Transport.basic("me", "secret"), server.uri())
                .follow("orders")
                .after("0-a")
                .start(listener);

        fixture.awaitRequests(server, held("0-a"), "GET /elsewhere?after=0-a", "GET /there", held("1-a"));
        assertEquals("Basic bWU6c2VjcmV0", server.requests.get(2).header("Authorization"));
        assertEquals(List.of("1-a"), listener.ids());
    }

    @Test
    void aRedirectToAnotherOriginIsRefused() throws Exception {
        for (String target :
                List.of(fixture.other.uri() + "/channels", "https://127.0.0.1/", "ftp://127.0.0.1/x", "file:///x")) {
            server.then(answer(302, "Location: " + target, ""));

            Throwable ending = ClientFixture.ending(followAfter("0-a").done());

            assertInstanceOf(RefusedException.class, ending);
            assertEquals("The client does not follow a redirect to another origin: " + target, ending.getMessage());
        }
        assertEquals(List.of(), fixture.other.lines());
    }

    @Test
    void redirectsInACircleAreRefused() throws Exception {
        server.always(answer(302, "Location: /again", ""));

        Throwable ending = ClientFixture.ending(followAfter("0-a").done());

        assertTrue(ending.getMessage().startsWith("The client follows at most 5 redirects"), ending.getMessage());
        assertEquals(6, server.lines().size());
    }

    @Test
    void aPathBeforeTheChannelsIsKept() {
        fixture.client(FixedRandom.MOST, null, URI.create(server.uri() + "/holdfast/"))
                .follow("a", "b")
                .after("x y&z")
                .answersOf(5)
                .hold(Duration.ofSeconds(7))
                .start(listener);

        fixture.awaitRequests(server, "GET /holdfast/channels/a,b/events?after=x+y%26z&limit=5&wait=7");
    }
}
