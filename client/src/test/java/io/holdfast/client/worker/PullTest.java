// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import static io.holdfast.client.ClientFixture.awaitEquals;
import static io.holdfast.client.ClientFixture.ending;
import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Attachment;
import io.holdfast.client.ClientFixture;
import io.holdfast.client.DeclinedException;
import io.holdfast.client.Handler;
import io.holdfast.client.Holdfast;
import io.holdfast.client.RefusedException;
import io.holdfast.client.RunningWorker;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http1.Fields;
import io.holdfast.client.testing.BrokenStream;
import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ScriptedServer;
import io.holdfast.client.testing.ScriptedServer.Reply;
import io.holdfast.client.testing.ScriptedServer.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullTest {
    private static final Duration SECOND = Duration.ofSeconds(1), THIRD = Duration.ofSeconds(10);
    private static final Reply TAKEN = answer(204, "", ""), CUT = raw("", false);
    private static final Reply STALE = problem(409, "This lease has ended.");
    private static final String FIRST = "GET /workers/q/next?wait=0", NEXT = "GET /workers/q/next?wait=30";
    private static final String ACK = "POST /workers/q/1-1/ack?token=7", EXTEND = "POST /workers/q/1-1/extend?token=7";
    private static final String RESPONSE = "POST /workers/q/1-1/response?token=7";

    private final ClientFixture fixture = new ClientFixture();
    private final ScriptedServer server = fixture.server, other = fixture.other;
    private final RecordingWorkerListener listener = new RecordingWorkerListener();

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static Reply work(String method, String path, String body, String... headers) {
        StringBuilder all = new StringBuilder("Location: /workers/q/1-1\nWork-Id: 1-1\nWork-Token: 7\nWork-Method: "
                + method + "\nWork-Path: " + path + "\nWork-Ack: 10\nWork-Lease: 30");
        for (String header : headers) all.append("\nWork-Header: ").append(header);
        return answer(200, all.toString(), body);
    }

    private static final Reply WORK = work("POST", "/x?a=b", "body", "Content-Type: text/plain", "Connection: x");

    /** Lets the hub give these, and accept every message about them. */
    private static void gives(ScriptedServer hub, Reply... work) {
        hub.at("/workers/q/next", work);
        for (String message : List.of("ack", "extend", "release", "progress", "response"))
            hub.at("/workers/q/1-1/" + message, TAKEN, TAKEN);
    }

    private RunningWorker serve(Handler handler) {
        return fixture.one().worker("q").serve(handler, listener);
    }

    private static void awaitLines(ScriptedServer asked, String... lines) {
        awaitEquals(List.of(lines), asked::lines);
    }

    private void awaitCalls(String... calls) {
        awaitEquals(List.of(calls), () -> listener.calls);
    }

    private static Request request(ScriptedServer asked, String line) {
        return asked.requests.stream()
                .filter(one -> one.line().equals(line))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLongHeadIsTheBeginningOfTheBody() {
        String head = "POST /x?a=b HTTP/1.1\r\nContent-Type: text/plain\r\nConnection: x\r\nX-Long: y\r\n\r\n";
        String answer =
                "Location: /workers/q/1-1\nWork-Id: 1-1\nWork-Token: 7\nWork-Ack: 10\nWork-Lease: 30\nWork-Head: ";
        gives(server, answer(200, answer + head.length(), head + "body"));

        serve(request -> WorkResponse.of(
                200,
                "text/plain",
                request.method() + " " + request.path() + " "
                        + request.headers().map() + " " + request.length() + " "
                        + new String(request.body().readAllBytes(), UTF_8)));

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        assertEquals(
                "POST /x?a=b {Content-Type=[text/plain], X-Long=[y]} 4 body",
                request(server, RESPONSE).body());
    }

    @Test
    void aRequestIsAcknowledgedPerformedAndAnswered() {
        gives(server, WORK);

        serve(request -> {
            String seen = request.method() + " " + request.path() + " "
                    + request.headers().map() + " " + request.length() + " "
                    + new String(request.body().readAllBytes(), UTF_8);
            return WorkResponse.of(201, "text/plain", seen).with("X-Two", "1").with("X-Two", "2");
        });

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        Request response = request(server, RESPONSE);
        assertEquals("POST /x?a=b {Content-Type=[text/plain]} 4 body", response.body());
        assertEquals("201", response.header("Work-Status"));
        assertEquals("Content-Type: text/plain\nX-Two: 1\nX-Two: 2", response.header("Work-Header"));
        awaitCalls("attached by pull", "answered POST /x?a=b 201");
    }

    @Test
    void aResponseToAHeadKeepsItsContentLength() {
        gives(server, work("HEAD", "/x", ""));

        serve(request -> WorkResponse.of(200, "text/plain", "").with("Content-Length", "12345678901"));

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        String told = request(server, RESPONSE).header("Work-Header");
        assertTrue(told.contains("Content-Length: 12345678901"), told);
    }

    @Test
    void aResponseOfUnknownLengthIsSentWhileItIsRead() {
        gives(server, work("GET", "/", ""));

        serve(request -> WorkResponse.of(200, Fields.NONE, new ByteArrayInputStream("long".getBytes(UTF_8)), -1));

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        assertEquals("long", request(server, RESPONSE).body());
        assertEquals("chunked", request(server, RESPONSE).header("Transfer-Encoding"));
    }

    @Test
    void aRequestOfAnotherWorkerIsNotBegun() {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", STALE);
        AtomicInteger begun = new AtomicInteger();

        serve(request -> WorkResponse.of(200 + begun.incrementAndGet()));

        awaitLines(server, FIRST, ACK, NEXT);
        assertEquals(0, begun.get());
    }

    @Test
    void anAcknowledgementGoesToTheNextMemberIfOneFails() {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", CUT);
        gives(other);

        fixture.both().worker("q").serve(request -> WorkResponse.of(204), listener);

        fixture.pass(SECOND);
        awaitLines(other, ACK);
        await().until(() -> server.lines().contains(RESPONSE));
    }

    @Test
    void aLeaseIsExtendedForAsLongAsTheWorkLasts() {
        gives(server, WORK);
        CountDownLatch finished = new CountDownLatch(1);

        serve(request -> {
            finished.await();
            return WorkResponse.of(204);
        });

        awaitLines(server, FIRST, ACK);
        fixture.pass(THIRD);
        awaitLines(server, FIRST, ACK, EXTEND);
        fixture.pass(THIRD);
        awaitLines(server, FIRST, ACK, EXTEND, EXTEND);
        finished.countDown();
        awaitLines(server, FIRST, ACK, EXTEND, EXTEND, RESPONSE, NEXT);
        fixture.time.advance(THIRD);
        awaitLines(server, FIRST, ACK, EXTEND, EXTEND, RESPONSE, NEXT);
    }

    @Test
    void theLossOfALeaseInterruptsTheHandler() {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", TAKEN);
        server.at("/workers/q/1-1/extend", STALE);
        CountDownLatch cancelled = new CountDownLatch(1);

        serve(request -> {
            request.onCancel(cancelled::countDown);
            new Semaphore(0).acquire();
            return WorkResponse.of(204);
        });
        awaitLines(server, FIRST, ACK);
        fixture.pass(THIRD);

        awaitLines(server, FIRST, ACK, EXTEND, NEXT);
        assertEquals(0, cancelled.getCount());
        awaitCalls("attached by pull", "lost POST /x?a=b: The response is no longer wanted.");
    }

    @Test
    void anInterruptionDoesNotReachTheNextRequest() {
        server.at("/workers/q/next", WORK, work("GET", "/second", ""));
        server.at("/workers/q/1-1/ack", TAKEN, TAKEN);
        server.at("/workers/q/1-1/extend", STALE);
        server.at("/workers/q/1-1/response", TAKEN);

        serve(request -> {
            while (request.method().equals("POST") && !request.isCancelled()) Thread.onSpinWait();
            boolean isDisturbed =
                    request.method().equals("GET") && Thread.currentThread().isInterrupted();
            return WorkResponse.of(isDisturbed ? 500 : 204);
        });
        awaitLines(server, FIRST, ACK);
        fixture.pass(THIRD);

        await().untilAsserted(() ->
                assertTrue(listener.calls.contains("answered GET /second 204"), listener.calls::toString));
    }

    @Test
    void aResponseGoesToTheNextMemberIfOneDies() {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", TAKEN);
        server.at("/workers/q/1-1/response", CUT);
        gives(other);

        fixture.both().worker("q").serve(request -> WorkResponse.of(200, "text/plain", "done"), listener);

        fixture.pass(SECOND);
        awaitLines(other, RESPONSE, FIRST);
        assertEquals("done", request(other, RESPONSE).body());
        assertEquals(1, listener.troubles.size());
    }

    @Test
    void aResponseThatTheMemberOfItsClientRefusesForNowIsSentAgain() {
        gives(server, WORK);
        server.at("/workers/q/1-1/response?", problem(503, "The member whose request it is does not answer."));
        ScriptedServer hub = server;

        serve(request -> WorkResponse.of(200, "text/plain", "done"));

        await().until(() ->
                hub.lines().contains(NEXT) || fixture.time.untilNext().equals(SECOND));
        fixture.time.advance(SECOND);
        await().until(() -> hub.lines().contains(NEXT));
        assertTrue(listener.calls.contains("answered POST /x?a=b 200"), listener.calls::toString);
    }

    @Test
    void aLongResponseIsSentOnlyOnce() {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", TAKEN);
        server.at("/workers/q/1-1/response", CUT);

        serve(request -> WorkResponse.of(200, "text/plain", new byte[100_000]));

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        await().until(() -> listener.calls.size() == 2);
        assertTrue(listener.calls.get(1).endsWith("The response is too long to be sent again."), listener.calls.get(1));
    }

    @Test
    void aResponseThatBreaksOffIsNotSentAsTheWhole() {
        gives(server, WORK);
        InputStream broken = new BrokenStream();

        serve(request -> WorkResponse.of(
                200, Fields.NONE, new SequenceInputStream(new ByteArrayInputStream(new byte[70_000]), broken), -1));

        await().until(() -> server.lines().contains(NEXT));
        assertFalse(server.lines().contains(RESPONSE), "it arrived whole");
        assertTrue(listener.calls.get(1).startsWith("lost POST /x?a=b: "), listener.calls.get(1));
    }

    /** The member that got a part of the response ends the lease by itself, so nothing is sent again and nothing waits. */
    @ParameterizedTest
    @CsvSource({"0, -1", "0, 9", "100, -1", "100, 109", "70000, -1", "70000, 70009"})
    void anApplicationThatBreaksOffIsNamedAndTheNextRequestIsTakenAtOnce(int begun, long length) {
        gives(server, WORK);
        InputStream body = new SequenceInputStream(new ByteArrayInputStream(new byte[begun]), new BrokenStream());

        serve(request -> WorkResponse.of(200, Fields.NONE, body, length));

        await().until(() -> server.lines().contains(NEXT));
        awaitCalls(
                "attached by pull",
                "lost POST /x?a=b: The application broke off its response: " + BrokenStream.MESSAGE);
        assertEquals(List.of(), listener.troubles, "no member is to blame");
        assertFalse(server.lines().contains("POST /workers/q/1-1/release?token=7"), "it was begun");
    }

    /** The lease goes on after such a refusal, so the client of the request would wait for its end. */
    @ParameterizedTest
    @ValueSource(ints = {400, 411, 413, 414, 415, 431})
    void aResponseThatIsRefusedIsReplacedByA502AtOnce(int status) {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", TAKEN);
        server.at("/workers/q/1-1/response", problem(status, "headers must be shorter."), TAKEN);

        serve(request -> WorkResponse.of(200, "text/plain", "done").with("X-Long", "x".repeat(20_000)));

        awaitLines(server, FIRST, ACK, RESPONSE, RESPONSE, NEXT);
        Request second = server.requests.get(3);
        assertEquals("502", second.header("Work-Status"));
        assertEquals("Content-Type: application/problem+json", second.header("Work-Header"));
        String why = "The response of the application was refused: HTTP " + status + ": headers must be shorter.";
        assertTrue(second.body().contains("\"detail\":\"" + why + "\",\"outcome\":\"unknown\""), second.body());
        awaitCalls("attached by pull", "lost POST /x?a=b: " + why);
        assertEquals(List.of(), listener.troubles, "no member is to blame");
    }

    /** As a server does before Holdfast sees the request: it explains nothing, and closes the connection. */
    @ParameterizedTest
    @ValueSource(ints = {400, 431})
    void aResponseThatTheServerItselfRefusesIsReplacedToo(int status) {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", TAKEN);
        Reply refusal = raw("HTTP/1.1 " + status + " \r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false);
        server.at("/workers/q/1-1/response", refusal, TAKEN);

        serve(request -> WorkResponse.of(200, Fields.NONE, new ByteArrayInputStream(new byte[100_000]), -1));

        awaitLines(server, FIRST, ACK, RESPONSE, RESPONSE, NEXT);
        assertEquals("502", server.requests.get(3).header("Work-Status"));
        awaitCalls("attached by pull", "lost POST /x?a=b: The response of the application was refused: HTTP " + status);
    }

    /** The worker has lost the request, or may not work. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 409})
    void aRefusalOfTheLeaseIsNotFollowedByAnotherResponse(int status) {
        server.at("/workers/q/next", WORK);
        server.at("/workers/q/1-1/ack", TAKEN);
        server.at("/workers/q/1-1/response", problem(status, "No."));

        serve(request -> WorkResponse.of(200, "text/plain", "done"));

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        awaitCalls("attached by pull", "lost POST /x?a=b: HTTP " + status + ": No.");
    }

    @Test
    void aDeclinedRequestIsReleasedAndTheWorkerPauses() {
        gives(server, WORK);

        serve(request -> {
            throw new DeclinedException("The disk is full.", null);
        });

        awaitLines(server, FIRST, ACK, "POST /workers/q/1-1/release?token=7");
        fixture.pass(SECOND);
        awaitLines(server, FIRST, ACK, "POST /workers/q/1-1/release?token=7", NEXT);
        assertEquals(List.of("The disk is full."), listener.whats());
    }

    @Test
    void noRequestIsTakenBeforeTheHandlerIsReady() {
        AtomicInteger asked = new AtomicInteger();
        gives(server);

        serve(new Handler() {
            @Override
            public WorkResponse handle(WorkRequest request) {
                return WorkResponse.of(204);
            }

            @Override
            public void ready() throws IOException {
                if (asked.incrementAndGet() < 3) throw new IOException("Not yet.");
            }
        });

        fixture.pass(SECOND);
        assertEquals(List.of(), server.lines());
        fixture.pass(Duration.ofSeconds(2));
        await().until(() -> server.lines().size() == 1);
        assertEquals(List.of("Not yet.", "Not yet."), listener.whats());
    }

    /** A handler that declines every request, and is not ready when it is asked for the second time. */
    private static final class Unsure implements Handler {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public WorkResponse handle(WorkRequest request) {
            throw new DeclinedException("Declined.", null);
        }

        @Override
        public void ready() throws IOException {
            if (asked.incrementAndGet() == 2) throw new IOException("Not yet.");
        }
    }

    @Test
    void aHandlerThatDeclinedMustBeReadyBeforeTheNextRequest() {
        gives(server, WORK);
        Unsure unsure = new Unsure();

        serve(unsure);

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        awaitLines(server, FIRST, ACK, "POST /workers/q/1-1/release?token=7", NEXT);
        assertEquals(3, unsure.asked.get());
        assertEquals(List.of("Declined.", "Not yet."), listener.whats());
    }

    @Test
    void aHandlerThatFailsIsAnswered500() {
        gives(server, WORK);

        serve(request -> {
            throw new IllegalStateException("this test wants this in the log");
        });

        awaitLines(server, FIRST, ACK, RESPONSE, NEXT);
        assertEquals("500", request(server, RESPONSE).header("Work-Status"));
        assertFalse(request(server, RESPONSE).body().contains("this test"));
    }

    @Test
    void progressIsSent() {
        gives(server, WORK);

        serve(request -> {
            assertThrows(IOException.class, () -> request.progress("no JSON"));
            request.progress("{\"at\":\n\"é\"}");
            await().until(() -> server.lines().size() == 3);
            return WorkResponse.of(204);
        });

        String progress = "POST /workers/q/1-1/progress?token=7";
        awaitLines(server, FIRST, ACK, progress, RESPONSE, NEXT);
        assertEquals("{\"at\": \"\\u00e9\"}", request(server, progress).body());
    }

    /** The client's parser takes a thousand levels at most. Progress is not worth the failure of a request. */
    @ParameterizedTest
    @ValueSource(ints = {1_000, 10_000})
    void progressThatIsNestedDeeplyIsSentToo(int levels) {
        gives(server, WORK);
        String nested = "[".repeat(levels) + "]".repeat(levels);

        serve(request -> {
            request.progress(nested);
            await().until(() -> server.lines().size() == 3);
            return WorkResponse.of(204);
        });

        String progress = "POST /workers/q/1-1/progress?token=7";
        awaitLines(server, FIRST, ACK, progress, RESPONSE, NEXT);
        assertEquals(nested, request(server, progress).body());
        assertTrue(listener.calls.contains("answered POST /x?a=b 204"), listener.calls::toString);
    }

    @Test
    void aMemberThatFailsIsLeftForTheNextAfterAPause() {
        server.then(problem(503, "This member drains.", "Retry-After: 7"));
        gives(other, TAKEN);

        fixture.both().worker("q").serve(request -> WorkResponse.of(204), listener);

        fixture.pass(Duration.ofSeconds(8)); // 7, and the ceiling of 1
        awaitLines(other, FIRST, NEXT);
        assertEquals(List.of("HTTP 503: This member drains."), listener.whats());
        assertEquals(server.uri(), listener.troubles.get(0).at());
    }

    @Test
    void anAnswerThatWasNotHeldIsFollowedByAPauseAndTheNextMember() {
        server.then(TAKEN, TAKEN);

        fixture.both().worker("q").serve(request -> WorkResponse.of(204), listener);

        fixture.pass(SECOND);
        awaitLines(server, FIRST, NEXT);
        awaitLines(other, FIRST);
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void concurrentLoopsBeginAtDifferentMembers() {
        fixture.both().worker("q").concurrency(4).serve(request -> WorkResponse.of(204), listener);

        awaitLines(server, FIRST, FIRST);
        awaitLines(other, FIRST, FIRST);
    }

    @Test
    void aMemberThatIsSilentForLongerThanTheHoldIsLeft() {
        server.then(TAKEN);
        serve(request -> WorkResponse.of(204));
        awaitLines(server, FIRST, NEXT);

        fixture.pass(Duration.ofSeconds(40));

        fixture.pass(SECOND);
        awaitLines(server, FIRST, NEXT, FIRST);
        assertEquals(List.of("The server was silent for 40.0 s."), listener.whats());
    }

    @Test
    void aRefusalEndsTheWorker() throws Exception {
        server.then(problem(403, "Only a worker may."));

        RefusedException refused = assertInstanceOf(
                RefusedException.class,
                ending(serve(request -> WorkResponse.of(204)).done()));

        assertEquals("HTTP 403: Only a worker may.", refused.getMessage());
    }

    @Test
    void aMalformedLeaseIsTrouble() {
        server.then(answer(200, "Work-Id: ../x\nWork-Token: 7\nWork-Method: GET\nWork-Ack: 1\nWork-Lease: 1", ""));

        serve(request -> WorkResponse.of(204));

        fixture.pass(SECOND);
        awaitLines(server, FIRST, NEXT);
        assertEquals(List.of("The request has a malformed Work-Id."), listener.whats());
    }

    @Test
    void aStopReleasesTheHeldRequest() throws Exception {
        server.then(TAKEN);
        RunningWorker worker = serve(request -> WorkResponse.of(204));
        awaitLines(server, FIRST, NEXT);

        worker.stop();

        assertNull(ending(worker.done()));
        await().until(() -> server.gone() == 1);
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void aStopJustBeforeAPullEndsTheWorker() throws Exception {
        CompletableFuture<RunningWorker> running = new CompletableFuture<>();
        RunningWorker worker = serve(new Handler() {
            @Override
            public WorkResponse handle(WorkRequest request) {
                return WorkResponse.of(204);
            }

            @Override
            public void ready() {
                running.join().stop();
            }
        });

        running.complete(worker);

        assertNull(ending(worker.done()));
    }

    @Test
    void aStoppedWorkerFinishesItsRequest() throws Exception {
        gives(server, WORK);
        CountDownLatch finished = new CountDownLatch(1);
        RunningWorker worker = serve(request -> {
            finished.await();
            return WorkResponse.of(200, "text/plain", "done");
        });
        awaitLines(server, FIRST, ACK);
        assertEquals(1, worker.requests());

        worker.stop();
        finished.countDown();

        assertNull(ending(worker.done()));
        awaitLines(server, FIRST, ACK, RESPONSE);
        assertEquals("done", request(server, RESPONSE).body());
        assertEquals(0, worker.requests());
    }

    @Test
    void anAbandonedWorkerInterruptsItsRequest() throws Exception {
        gives(server, WORK);
        RunningWorker worker = serve(request -> {
            new Semaphore(0).acquire();
            return WorkResponse.of(204);
        });
        awaitLines(server, FIRST, ACK);

        worker.abandon();

        assertNull(ending(worker.done()));
        awaitLines(server, FIRST, ACK);
    }

    @Test
    void noRequestIsTakenWhileTheProcessorsAreBusy() {
        server.then(TAKEN);
        double[] cpu = {0.5};
        WorkerPlan plan = new WorkerPlan("q", request -> WorkResponse.of(204), 1, null, 80, () -> cpu[0]);
        Transport transport = Transport.of(Transport.newPool(), fixture.time.clocks(FixedRandom.MOST), null);
        ActiveWorker worker = new ActiveWorker(plan, Addresses.of(List.of(server.uri())), transport, listener);
        worker.start();
        awaitLines(server, FIRST, NEXT);
        fixture.time.advance(SECOND);
        assertEquals(0, server.gone());

        cpu[0] = 0.9;
        fixture.time.advance(SECOND);
        await().until(() -> server.gone() == 1);
        fixture.time.advance(SECOND);
        awaitLines(server, FIRST, NEXT);

        cpu[0] = 0.8;
        fixture.time.advance(SECOND);
        await().until(() -> server.lines().size() == 3);
        assertEquals(List.of("attached by pull", "busy", "free"), listener.calls);
        worker.abandon();
    }

    @Test
    void optionsThatDoNotFitAreRefusedAtOnce() {
        Holdfast port = fixture.client(FixedRandom.MOST, null, URI.create("tcp://localhost:4040"));
        Handler handler = request -> WorkResponse.of(204);

        assertThrows(IllegalArgumentException.class, () -> port.follow("orders").start(event -> {}));
        assertThrows(IllegalArgumentException.class, () -> port.worker("q").serve(handler));
        assertThrows(
                IllegalArgumentException.class,
                () -> port.worker("default").by(Attachment.PULL).serve(handler));
        assertThrows(
                IllegalArgumentException.class,
                () -> fixture.one().worker("q").by(Attachment.TCP).serve(handler));
        assertThrows(IllegalArgumentException.class, () -> fixture.one().worker("a/b"));
        assertThrows(
                IllegalArgumentException.class, () -> fixture.one().worker("q").concurrency(0));
        assertThrows(
                IllegalArgumentException.class, () -> fixture.one().worker("q").maxCpu(101));
        for (String address : List.of("tcp://localhost", "tcp://localhost:1/x", "tcp:localhost:1", "tcp://u:p@h:1"))
            assertThrows(IllegalArgumentException.class, () -> Holdfast.at(URI.create(address)), address);
        assertThrows(
                IllegalArgumentException.class,
                () -> Holdfast.at(URI.create("tcp://localhost:1"), URI.create("http://localhost:1")));
    }
}
