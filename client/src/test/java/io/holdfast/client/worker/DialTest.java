// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import static io.holdfast.client.ClientFixture.awaitEquals;
import static io.holdfast.client.ClientFixture.ending;
import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Attachment;
import io.holdfast.client.ClientFixture;
import io.holdfast.client.DeclinedException;
import io.holdfast.client.Handler;
import io.holdfast.client.RefusedException;
import io.holdfast.client.RunningWorker;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http1.Fields;
import io.holdfast.client.http1.MessageBody;
import io.holdfast.client.testing.BrokenStream;
import io.holdfast.client.testing.FixedRandom;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final Handler ECHO = request -> {
        byte[] body = request.body().readAllBytes();
        return WorkResponse.of(
                200, "text/plain", request.method() + " " + request.path() + " " + new String(body, UTF_8));
    };

    private final ClientFixture fixture = new ClientFixture();
    private final RecordingWorkerListener listener = new RecordingWorkerListener();
    private TestHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        hub.close();
    }

    private RunningWorker dial(Handler handler) {
        return worker(hub.tcp(), null, handler);
    }

    private RunningWorker worker(URI at, Attachment how, Handler handler) {
        return fixture.client(FixedRandom.MOST, "Basic abc", at)
                .worker("default")
                .by(how)
                .serve(handler, listener);
    }

    private void awaitCalls(String... calls) {
        awaitEquals(List.of(calls), () -> listener.calls);
    }

    @ParameterizedTest
    @EnumSource(
            value = Attachment.class,
            names = {"UPGRADE", "AUTO"})
    void aConnectionIsUpgradedAndCarriesOneRequestAfterTheOther(Attachment how) throws Exception {
        worker(hub.http().resolve("/hub/"), how, ECHO);

        TestHub.Worker worker = hub.accept();
        assertEquals(
                List.of(
                        "POST /hub/workers/default HTTP/1.1",
                        "Host: " + hub.http().getAuthority(),
                        "Connection: Upgrade",
                        "Upgrade: PTTH/1.0",
                        "Content-Length: 0",
                        "Authorization: Basic abc"),
                worker.head());
        worker.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: ptth/1.0\r\n\r\n");
        for (String body : List.of("one", "three")) {
            worker.send("POST /x HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertEquals(
                    List.of(
                            "HTTP/1.1 200",
                            "Content-Type: text/plain",
                            "Content-Length: " + (8 + body.length()),
                            "Connection: keep-alive"),
                    worker.head());
            assertEquals("POST /x " + body, worker.text(8 + body.length()));
        }
        awaitCalls("attached by upgrade", "answered POST /x 200", "answered POST /x 200");
    }

    @Test
    void atAPortTheWorkerSendsNothingAndKeepsItsConnection() throws Exception {
        dial(ECHO);

        TestHub.Worker worker = hub.accept();
        for (int i = 0; i < 2; i++) {
            worker.send(GET);
            assertTrue(worker.head().contains("Connection: keep-alive"));
            assertEquals("GET /x ", worker.text(7));
        }
        assertEquals("attached by tcp", listener.calls.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 426, 501})
    void aWorkerPullsAtAddressesThatDoNotUpgrade(int status) {
        fixture.server.then(problem(status, "No upgrade here."), answer(204, "", ""));

        worker(fixture.server.uri(), Attachment.AUTO, ECHO);

        await().until(() -> fixture.server.lines().size() == 3);
        assertEquals(
                List.of(
                        "POST /workers/default",
                        "GET /workers/default/next?wait=0",
                        "GET /workers/default/next?wait=30"),
                fixture.server.lines());
        awaitCalls("attached by pull");
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void aWorkerThatMustUpgradeEndsAtAnAddressThatDoesNot() throws Exception {
        fixture.server.then(problem(501, "No upgrade here."));

        Throwable error =
                ending(worker(fixture.server.uri(), Attachment.UPGRADE, ECHO).done());

        assertEquals(
                "HTTP 501: No upgrade here.",
                assertInstanceOf(RefusedException.class, error).getMessage());
    }

    @Test
    void aMemberThatIsFullIsAskedAgainAfterAPause() throws Exception {
        worker(hub.http(), Attachment.UPGRADE, ECHO);
        TestHub.Worker refused = hub.accept();
        refused.head();
        refused.send("HTTP/1.1 503 Full\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");

        fixture.pass(Duration.ofSeconds(8)); // 7, and the ceiling of 1

        hub.upgrade().send(GET).head();
    }

    @Test
    void aConnectionThatIsClosedAtOnceIsTrouble() throws Exception {
        dial(ECHO);
        hub.accept().close();

        fixture.pass(SECOND);

        hub.accept().send(GET).head();
        assertEquals(List.of("The connection was closed at once."), listener.whats());
    }

    @Test
    void aConnectionThatIsClosedAfterItsRequestIsReopenedWithoutTrouble() throws Exception {
        dial(ECHO);
        for (int i = 0; i < 3; i++) {
            TestHub.Worker worker = hub.accept().send(GET);
            worker.head();
            worker.text(7);
            worker.close();
        }
        hub.accept();
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void aBodyInChunksIsReceivedAndSent() throws Exception {
        dial(request -> WorkResponse.of(
                200,
                HttpHeaders.of(Map.of("Connection", List.of("x"), "X-Y", List.of("z")), (a, b) -> true),
                request.body(),
                MessageBody.UNKNOWN));

        TestHub.Worker worker = hub.accept();
        worker.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        // The worker answers before the end of the body, so that it cannot keep the connection.
        assertEquals(
                List.of("HTTP/1.1 200", "X-Y: z", "Transfer-Encoding: chunked", "Connection: close"), worker.head());
        assertEquals("3\r\none\r\n", worker.text(8));
        worker.send("2\r\nde\r\n0\r\n\r\n");
        assertEquals("2\r\nde\r\n0\r\n\r\n", worker.rest());
    }

    @Test
    void aClientOfHttp10ReceivesTheBodyUpToTheEndOfTheConnection() throws Exception {
        dial(request -> WorkResponse.of(
                200, Fields.NONE, new ByteArrayInputStream("long".getBytes(UTF_8)), MessageBody.UNKNOWN));

        TestHub.Worker worker = hub.accept().send("GET / HTTP/1.0\r\n\r\n");

        assertEquals(List.of("HTTP/1.1 200", "Connection: close"), worker.head());
        assertEquals("long", worker.rest());
    }

    @Test
    void anExpectedContinueIsSentBeforeTheBodyIsRead() throws Exception {
        dial(ECHO);

        TestHub.Worker worker =
                hub.accept().send("POST /x HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");

        assertEquals(List.of("HTTP/1.1 100 Continue"), worker.head());
        worker.send("body");
        assertTrue(worker.head().contains("Connection: keep-alive"));
        assertEquals("POST /x body", worker.text(12));
    }

    @Test
    void anAnswerToAHeadHasALengthAndNoBody() throws Exception {
        dial(request -> WorkResponse.of(200, "text/plain", "hello").with("Content-Length", "5"));

        TestHub.Worker worker = hub.accept().send("HEAD / HTTP/1.1\r\n\r\n");

        assertEquals(
                List.of("HTTP/1.1 200", "Content-Type: text/plain", "Content-Length: 5", "Connection: keep-alive"),
                worker.head());
        worker.send(GET);
        assertEquals("HTTP/1.1 200", worker.head().get(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no HTTP\r\n\r\n",
                "GET / HTTP/2.0\r\n\r\n",
                "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void aMalformedRequestEndsTheConnection(String text) throws Exception {
        dial(ECHO);

        TestHub.Worker worker = hub.accept().send(text);

        assertEquals(List.of("HTTP/1.1 400 Bad Request", "Connection: close"), worker.head());
        assertEquals("", worker.rest());
    }

    @Test
    void progressIsSentBeforeTheAnswer() throws Exception {
        dial(request -> {
            request.progress("{\"at\":1}");
            return WorkResponse.of(204);
        });

        TestHub.Worker worker = hub.accept().send(GET);

        assertEquals(List.of("HTTP/1.1 102 Processing", "Work-Progress: {\"at\":1}"), worker.head());
        assertEquals(List.of("HTTP/1.1 204", "Connection: keep-alive"), worker.head());
    }

    @Test
    void theEndOfTheConnectionInterruptsTheHandler() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        dial(request -> {
            begun.countDown();
            new Semaphore(0).acquire();
            return WorkResponse.of(204);
        });
        TestHub.Worker worker = hub.accept().send("POST /x HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
        assertTrue(begun.await(60, TimeUnit.SECONDS));

        worker.close();

        awaitCalls("attached by tcp", "lost POST /x: The response is no longer wanted.");
        hub.accept();
    }

    @Test
    void aDeclinedRequestThatIsRepeatableGetsNoAnswer() throws Exception {
        dial(request -> {
            throw new DeclinedException("The disk is full.", null);
        });
        for (String repeatable : List.of(GET, "POST / HTTP/1.1\r\nIdempotency-Key: a\r\n\r\n"))
            assertEquals("", declined(repeatable));
        String answer = declined("POST / HTTP/1.1\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        assertTrue(answer.contains("Connection: close") && answer.contains("\"outcome\":\"none\""), answer);
        String repeated = declined("POST / HTTP/1.1\r\nWork-Repeated: 1\r\n\r\n");
        assertTrue(repeated.startsWith("HTTP/1.1 503 ") && repeated.contains("\"outcome\":\"unknown\""), repeated);
    }

    private String declined(String request) throws IOException {
        String answer = hub.accept().send(request).rest();
        await().until(() -> fixture.time.untilNext() != null);
        fixture.time.advance(Duration.ofSeconds(60));
        return answer;
    }

    @Test
    void aResponseThatBreaksOffEndsTheConnection() throws Exception {
        InputStream broken = new BrokenStream();
        dial(request -> WorkResponse.of(200, Fields.NONE, broken, MessageBody.UNKNOWN));

        TestHub.Worker worker = hub.accept().send(GET);

        worker.head();
        assertEquals("", worker.rest());
        awaitCalls("attached by tcp", "lost GET /x: The application broke off its response: this breaks off");
    }

    @Test
    void anAnswerToARequestThatWasNotReadArrivesWhole() throws Exception {
        dial(request -> WorkResponse.of(413, "text/plain", new byte[1_000_000]));

        TestHub.Worker worker = hub.accept().send("POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n");
        worker.send(new byte[500_000]);
        // Most of the answer is still in the buffers when the worker is done.
        await().until(() -> listener.calls.size() == 2);

        assertTrue(worker.head().contains("Connection: close"));
        assertEquals(1_000_000, worker.count());
    }

    @Test
    void anIdleWorkerAnnouncesThatItLeavesAndPerformsARequestOnItsWay() throws Exception {
        RunningWorker running = dial(ECHO);
        TestHub.Worker worker = hub.accept();
        await().until(() -> listener.calls.size() == 1);

        running.stop();
        assertEquals(List.of("HTTP/1.1 102 Processing"), worker.head());
        worker.send(GET);

        assertTrue(worker.head().contains("Connection: close"));
        assertEquals("GET /x ", worker.rest());
        assertNull(ending(running.done()));
    }

    @Test
    void anIdleWorkerEndsWhenTheHubHasClosed() throws Exception {
        RunningWorker running = dial(ECHO);
        TestHub.Worker worker = hub.accept();
        await().until(() -> listener.calls.size() == 1);

        running.stop();
        worker.head();
        worker.close();

        assertNull(ending(running.done()));
        assertEquals(List.of(), listener.troubles);
    }

    @Test
    void anIdleWorkerWaitsFiveSecondsForASilentHub() throws Exception {
        RunningWorker running = dial(ECHO);
        TestHub.Worker worker = hub.accept();
        await().until(() -> listener.calls.size() == 1);

        running.stop();
        worker.head();
        fixture.pass(Duration.ofSeconds(5));

        assertNull(ending(running.done()));
        assertEquals("", worker.rest());
    }

    @Test
    void aStoppedWorkerFinishesItsRequestAndCloses() throws Exception {
        CountDownLatch begun = new CountDownLatch(1), finish = new CountDownLatch(1);
        RunningWorker running = dial(request -> {
            begun.countDown();
            finish.await();
            return WorkResponse.of(200, "text/plain", "done");
        });
        TestHub.Worker worker = hub.accept().send(GET);
        assertTrue(begun.await(60, TimeUnit.SECONDS));

        running.stop();
        finish.countDown();

        assertTrue(worker.head().contains("Connection: close"));
        assertEquals("done", worker.rest());
        assertNull(ending(running.done()));
    }

    @Test
    void aWorkerThatStopsWhileItConnectsPerformsARequestOnItsWay() throws Exception {
        RunningWorker running = worker(hub.http(), Attachment.UPGRADE, ECHO);
        TestHub.Worker worker = hub.accept();
        worker.head();

        running.stop();
        worker.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: PTTH/1.0\r\n\r\n" + GET);

        List<String> head = worker.head();
        if (head.equals(List.of("HTTP/1.1 102 Processing"))) head = worker.head();
        assertTrue(head.contains("Connection: close"), head::toString);
        assertEquals("GET /x ", worker.rest());
        assertNull(ending(running.done()));
    }

    @Test
    void anAbandonedWorkerWaitsForNothing() throws Exception {
        RunningWorker connecting = worker(hub.http(), Attachment.UPGRADE, ECHO);
        hub.accept().head();
        connecting.abandon();
        assertNull(ending(connecting.done()));

        RunningWorker idle = dial(ECHO);
        hub.accept();
        await().until(() -> listener.calls.size() == 1);
        idle.abandon();
        assertNull(ending(idle.done()));

        RunningWorker busy = dial(request -> {
            new Semaphore(0).acquire();
            return WorkResponse.of(204);
        });
        hub.accept().send(GET);
        await().until(() -> busy.requests() == 1);
        busy.abandon();
        assertNull(ending(busy.done()));
        assertEquals(List.of(), listener.troubles);
    }
}
