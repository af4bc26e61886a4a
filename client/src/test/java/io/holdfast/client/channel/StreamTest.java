// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.cutStream;
import static io.holdfast.client.testing.ScriptedServer.endedStream;
import static io.holdfast.client.testing.ScriptedServer.nothing;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.stream;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.holdfast.client.By;
import io.holdfast.client.ClientFixture;
import io.holdfast.client.Event;
import io.holdfast.client.Following;
import io.holdfast.client.RefusedException;
import io.holdfast.client.testing.RecordingListener;
import io.holdfast.client.testing.ScriptedServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String STREAM = "GET /channels/orders/events";

    private final ClientFixture fixture = new ClientFixture();
    private final ScriptedServer server = fixture.server;
    private final RecordingListener listener = fixture.listener;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private Following followAfter(String cursor) {
        return fixture.one().follow("orders").after(cursor).by(By.SSE).start(listener);
    }

    @Test
    void aFollowerWithoutCursorAsksForOneBeforeTheStream() {
        server.then(nothing("3-a"));

        fixture.one().follow("orders").by(By.SSE).start(listener);

        fixture.awaitRequests(server, "GET /channels/orders/events?limit=100&wait=0", STREAM);
        assertEquals("text/event-stream", server.requests.get(1).header("Accept"));
        assertEquals("3-a", server.requests.get(1).header("Last-Event-ID"));
    }

    @Test
    void theCursorIsInTheQueryIfItIsEarliestOrFitsNoHeader() {
        followAfter("earliest");
        fixture.awaitRequests(server, STREAM + "?after=earliest");
        assertNull(server.requests.get(0).header("Last-Event-ID"));

        fixture.both().follow("orders").after("é").by(By.SSE).start(listener);
        fixture.awaitRequests(server, STREAM + "?after=earliest", STREAM + "?after=%C3%A9");
    }

    @Test
    void eventsComeAsTheyWereSent() {
        server.then(stream(
                "retry: 2150\n\nid: 1-a\nevent: created\nda",
                "ta: any bytes\r",
                "\n\r\n: still here\n\nid: 2-a\ndata: AP+A\nencoding: base64\n\n",
                "id: 3-a\ndata: two\ndata: lines\n\nid: 4-a\n\n"));

        Following following = followAfter("0-a");

        fixture.awaitCalls(
                "event 1-a", "reached 1-a", "event 2-a", "reached 2-a", "event 3-a", "reached 3-a", "reached 4-a");
        assertEquals("created", listener.events.get(0).type());
        assertEquals("orders", listener.events.get(0).channel());
        assertEquals("any bytes", listener.events.get(0).text());
        assertArrayEquals(new byte[] {0, -1, -128}, listener.events.get(1).data());
        assertNull(listener.events.get(1).type());
        assertEquals("two\nlines", listener.events.get(2).text());
        assertEquals(Optional.of("4-a"), following.cursor());
    }

    @Test
    void aStreamThatIsCutWithinAnEventIsResumedBeforeIt() {
        server.then(
                cutStream("id: 1-a\ndata: x\n\nid: 2-a\ndata: y\n"),
                stream("id: 1-a\ndata: x\n\nid: 2-a\ndata: y\n\n"));

        followAfter("0-a");

        fixture.pass(SECOND);
        fixture.awaitCalls("event 1-a", "reached 1-a", "event 2-a", "reached 2-a");
        fixture.awaitRequests(server, STREAM, STREAM);
        assertEquals("1-a", server.requests.get(1).header("Last-Event-ID"));
        assertEquals(1, listener.troubles.size());
    }

    @Test
    void aStreamThatEndsIsFollowedByTheNextAfterTheServersPause() {
        server.then(endedStream("retry: 2150\n\n", "id: 1-a\ndata: x\n\n"), endedStream(": here\n"));

        followAfter("0-a");

        fixture.pass(Duration.ofMillis(2150));
        fixture.pass(Duration.ofMillis(2150)); // the pause stays
        fixture.awaitRequests(server, STREAM, STREAM, STREAM);
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void theServersPauseIsBounded() {
        server.then(endedStream("retry: 99999999999\nid: 1-a\ndata: x\n\n"));

        fixture.one()
                .follow("orders")
                .after("0-a")
                .by(By.SSE)
                .silence(Duration.ofSeconds(300)) // so that it differs from the pause
                .start(listener);

        fixture.pass(Duration.ofSeconds(60));
        fixture.awaitRequests(server, STREAM, STREAM);
    }

    @Test
    void streamsWithoutAnEventOrACommentAreFailures() {
        server.then(endedStream(), endedStream("retry: 500\n\n"), cutStream(), cutStream(": here\n"));

        followAfter("0-a");

        fixture.pass(SECOND);
        fixture.pass(Duration.ofMillis(2500));
        fixture.pass(Duration.ofMillis(4500));
        fixture.pass(Duration.ofMillis(1500)); // the last was alive
        fixture.awaitRequests(server, STREAM, STREAM, STREAM, STREAM, STREAM);
        assertEquals("The stream ended without an event or a comment.", fixture.trouble(0));
    }

    @Test
    void aBusyMemberGetsNoRequestForAsLongAsItAsks() {
        server.then(problem(503, "This member drains.", "Retry-After: 7"));

        fixture.both().follow("orders").after("0-a").by(By.SSE).start(listener);

        fixture.pass(Duration.ofSeconds(8));
        fixture.awaitRequests(fixture.other, STREAM);
        assertEquals("HTTP 503: This member drains.", fixture.trouble(0));
    }

    @Test
    void aRefusalEndsTheFollower() throws Exception {
        server.then(problem(403, "Only readers may."));

        RefusedException refused = assertInstanceOf(
                RefusedException.class, ClientFixture.ending(followAfter("0-a").done()));

        assertEquals("HTTP 403: Only readers may.", refused.getMessage());
    }

    @Test
    void aNoContentOfTheServerEndsTheFollower() throws Exception {
        server.then(endedStream("id: 1-a\ndata: x\n\n"), answer(204, "", ""));

        Following following = followAfter("0-a");

        fixture.pass(SECOND);
        assertNull(ClientFixture.ending(following.done()));
        assertEquals(Optional.of("1-a"), following.cursor());
    }

    @Test
    void anAnswerThatIsNotAStreamIsTrouble() {
        server.then(answer(200, "Content-Type: text/html; charset=utf-8", "id: 1-a\ndata: x\n\n"));

        fixture.both().follow("orders").after("0-a").by(By.SSE).start(listener);

        assertEquals("The answer is not a stream of events, but text/html.", fixture.trouble(0));
        fixture.pass(SECOND);
        fixture.awaitRequests(fixture.other, STREAM);
        assertEquals(List.of(), listener.calls);
    }

    @Test
    void heartbeatsKeepAStreamAndSilenceEndsIt() {
        server.then(stream(": here\n"));
        followAfter("0-a");
        fixture.awaitRequests(server, STREAM);

        // One advance is not enough if the watch expires at the moment of the comment.
        await().until(() -> {
            if (isWatched()) fixture.time.advance(Duration.ofSeconds(60));
            return !listener.troubles.isEmpty();
        });
        assertEquals("The server was silent for 60.0 s.", fixture.trouble(0));
        fixture.pass(SECOND);
        fixture.awaitRequests(server, STREAM, STREAM);
    }

    @Test
    void everyPieceRestartsTheWatch() {
        ScriptedServer.Reply slow = (request, out) -> {
            cutStream(": here\n").write(request, out);
            for (int i = 1; i <= 5; i++) {
                fixture.time.advance(Duration.ofSeconds(45));
                String event = "id: " + i + "-a\ndata: x\n\n";
                out.write((Integer.toHexString(event.length()) + "\r\n" + event + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
                out.flush();
                int count = i;
                if (i < 5) await().until(() -> listener.events.size() == count && isWatched());
            }
            return false;
        };
        server.then(slow);

        followAfter("0-a");

        await().until(() -> listener.events.size() == 5);
    }

    private boolean isWatched() {
        return Duration.ofSeconds(60).equals(fixture.time.untilNext());
    }

    @Test
    void aGapIsReportedWithAndWithoutAnId() {
        server.then(stream(
                "event: gap\ndata: {\"after\":\"1-a\",\"oldest\":\"7-a\"}\n\nid: 7-a\ndata: x\n\n",
                "id: 9-a\nevent: gap\ndata: {\"gap\":{\"after\":\"7-a\",\"oldest\":null}}\n\n"));

        followAfter("1-a");

        fixture.awaitCalls("gap 1-a 7-a", "event 7-a", "reached 7-a", "gap 7-a null", "reached 9-a");
    }

    @Test
    void thePlaceThatAStreamBeginsWithMovesTheCursorAndIsNoEvent() {
        server.then(stream("event: last-event-id\ndata: {\"last\":\"7-a\"}\nid: 7-a\n\nid: 8-a\ndata: x\n\n"));

        followAfter("earliest");

        fixture.awaitCalls("reached 7-a", "event 8-a", "reached 8-a");
    }

    @Test
    void aStreamOfSeveralChannelsNamesTheChannelOfEachEvent() {
        server.then(stream(
                "id: 1-a.0\nchannel: orders\ndata: x\n\nid: 1-a.1-b\nchannel: bills\ndata: y\n\n",
                "event: gap\ndata: {\"channel\":\"bills\",\"oldest\":\"7-b\"}\n\n"));

        fixture.one().follow("orders", "bills").after("0.0").by(By.SSE).start(listener);

        fixture.awaitCalls("event 1-a.0", "reached 1-a.0", "event 1-a.1-b", "reached 1-a.1-b", "gap bills null 7-b");
        assertEquals(
                List.of("orders", "bills"),
                listener.events.stream().map(Event::channel).toList());
        fixture.awaitRequests(server, "GET /channels/orders,bills/events");
    }

    @Test
    void anEventWhosePublisherChoseTheTypeGapIsAnEvent() {
        server.then(stream("id: 1-a\nevent: gap\ndata: mind it\n\nid: 2-a\nevent: gap\ndata: {\"width\":1}\n\n"));

        followAfter("0-a");

        fixture.awaitCalls("event 1-a", "reached 1-a", "event 2-a", "reached 2-a");
    }

    @Test
    void anEventWhoseListenerFailedIsGivenAgain() {
        listener.failures.set(2);
        server.then(
                stream("id: 1-a\ndata: x\n\nid: 2-a\ndata: y\n\n"),
                stream("id: 1-a\ndata: x\n\nid: 2-a\ndata: y\n\n"),
                stream("id: 1-a\ndata: x\n\nid: 2-a\ndata: y\n\n"));

        followAfter("0-a");

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        fixture.awaitCalls("event 1-a", "reached 1-a", "event 2-a", "reached 2-a");
        assertEquals(
                List.of("0-a", "0-a", "0-a"),
                server.requests.stream().map(r -> r.header("Last-Event-ID")).toList());
    }

    @Test
    void anEventThatIsTooLongEndsTheFollower() throws Exception {
        server.then(stream("id: 1-a\ndata: x\n\nid: 2-a\ndata: " + "y".repeat(2000) + "\n\n"));

        Following following = fixture.one()
                .follow("orders")
                .after("0-a")
                .by(By.SSE)
                .longest(1024)
                .start(listener);

        RefusedException refused = assertInstanceOf(RefusedException.class, ClientFixture.ending(following.done()));
        assertEquals("A line of the stream is longer than the 1024 bytes this client takes.", refused.getMessage());
    }

    @Test
    void dataThatIsNotBase64IsTroubleWithoutAnEvent() {
        server.then(stream("id: 1-a\nencoding: base64\ndata: %%\n\n"));

        followAfter("0-a");

        assertEquals("The data is not base64.", fixture.trouble(0));
        assertEquals(List.of(), listener.calls);
    }

    @Test
    void aStopReleasesTheStream() throws Exception {
        server.then(stream("id: 1-a\ndata: x\n\n"));
        Following following = followAfter("0-a");
        fixture.awaitCalls("event 1-a", "reached 1-a");

        following.stop();

        assertNull(ClientFixture.ending(following.done()));
        assertNull(fixture.time.untilNext());
    }
}
