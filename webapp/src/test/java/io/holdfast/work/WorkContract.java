// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static io.holdfast.testing.Origin.answer;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Origin.Asked;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises to clients and to workers that are asked on their connections, at whichever member each is connected. */
abstract class WorkContract {
    private static final String OK = answer(200, "", "done");
    private static final int MEBIBYTE = 1 << 20;

    /** Where clients ask. */
    protected abstract Member clients();

    /** Where workers connect. */
    protected abstract Member workers();

    /** A request that may not be performed twice is lost with a worker whose leaving no member has noticed yet. */
    @BeforeEach
    void noWorkerIsIdle() {
        await("the workers of before are seen to have gone")
                .until(() -> workers().meter("holdfast_work_idle") == 0);
    }

    private Http client() {
        return clients().http();
    }

    /** A worker that is connected, and may be idle. */
    protected DialledIn worker() {
        return DialledIn.to(workers().workerPort());
    }

    private DialledIn idleWorker() {
        double before = workers().meter("holdfast_work_idle");
        DialledIn worker = worker();
        await("it is idle").until(() -> workers().meter("holdfast_work_idle") == before + 1);
        return worker;
    }

    private Http.Exchange ask(String path, String... headers) {
        return client().send("GET", "/work/default" + path, headers);
    }

    /** A client that waits, before the next one asks. */
    private Http.Exchange waiting(String path, String... headers) {
        double before = clients().meter("holdfast_work_requests");
        Http.Exchange exchange = ask(path, headers);
        await("it waits").until(() -> clients().meter("holdfast_work_requests") == before + 1);
        return exchange;
    }

    private static Asked some(@org.jspecify.annotations.Nullable Asked request) {
        return Objects.requireNonNull(request, "the connection was closed");
    }

    @Test
    void aRequestGoesToAWorkerWholeAndItsResponseComesBackWhole() {
        try (DialledIn worker = worker()) {
            Http.Exchange client = client().send(
                            "PATCH",
                            "/work/default/a%20b/c?x=1&y=%2F",
                            "some body".getBytes(StandardCharsets.UTF_8),
                            "X-Mine: 1",
                            "Connection: close, X-Hop",
                            "X-Hop: gone",
                            "Content-Type: text/strange");
            Asked request = some(worker.asked());
            worker.write(answer(207, "X-Theirs: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", "some answer"));
            Response response = client.response();

            assertEquals("PATCH /a%20b/c?x=1&y=%2F HTTP/1.1", request.line());
            assertEquals("some body", request.text());
            assertEquals("text/strange", request.header("Content-Type"));
            assertEquals("1", request.header("X-Mine"));
            assertEquals("", request.header("X-Hop"));
            assertEquals("localhost", request.header("Host"));
            assertEquals("127.0.0.1", request.header("X-Forwarded-For"));
            assertFalse(request.header("X-Request-Id").isEmpty());
            assertEquals(207, response.status());
            assertEquals("2", response.header("X-Theirs"));
            assertEquals("a=1, b=2", response.header("Set-Cookie"));
            assertEquals("some answer", response.body());
        }
    }

    @Test
    void aWorkerGetsNoUpgradeAndNoUntrustedForwardedHeader() {
        Response refused = client().get("/work/default/", "Upgrade: websocket", "Connection: Upgrade");
        Http.Exchange client = client().send(
                        "GET",
                        "/work/default/",
                        "X-Forwarded-For: 10.0.0.1",
                        "X-Forwarded-Proto: https",
                        "X-Real-IP: 10.0.0.1",
                        "X_Request_Id: mine");
        Asked request = some(worker().serveOnce(OK));

        assertEquals(501, refused.status());
        assertTrue(refused.body().contains("WebSocket is planned"), refused.body());
        assertEquals(200, client.response().status());
        assertEquals("127.0.0.1", request.header("X-Forwarded-For"));
        assertEquals("http", request.header("X-Forwarded-Proto"));
        assertEquals("", request.header("X-Real-IP"));
        assertEquals("", request.header("X_Request_Id"));
    }

    @Test
    void aRequestWaitsForAWorkerAndAWorkerForARequest() {
        Http.Exchange early = waiting("/early");
        assertEquals("GET /early HTTP/1.1", some(worker().serveOnce(OK)).line());
        assertEquals("done", early.response().body());

        try (DialledIn worker = idleWorker()) {
            Http.Exchange late = ask("/late");
            assertEquals("GET /late HTTP/1.1", some(worker.asked()).line());
            worker.write(OK);
            assertEquals(200, late.response().status());
        }
    }

    private double ofQueue(Member member, String meter) {
        return member.meter("holdfast_queue_" + meter + "{queue=\"default\"}");
    }

    @Test
    void itsNumbersSayHowAQueueIs() {
        ask("/", "Prefer: wait=0").response();
        Http.Exchange client = waiting("/");
        assertEquals(1, ofQueue(clients(), "waiting"));
        await("it grows older").until(() -> ofQueue(clients(), "oldest") > 0.2);
        double before = clients().meter("holdfast_work_requests");
        try (DialledIn worker = worker()) {
            some(worker.asked());
            assertEquals(0, ofQueue(clients(), "waiting"));
            assertEquals(1, ofQueue(clients(), "busy"));
            assertEquals(before, clients().meter("holdfast_work_requests"));
            double waits = ofQueue(clients(), "wait_seconds_count"), time = ofQueue(clients(), "wait_seconds_sum");
            assertTrue(waits >= 1 && time > 0.2, waits + " waited " + time);
            worker.write(answer(200, "Connection: keep-alive\r\n", "done"));
            assertEquals(200, client.response().status());
            await("it is idle").until(() -> ofQueue(workers(), "idle") == 1);
            assertTrue(ofQueue(clients(), "run_seconds_count") >= 1);
        }
    }

    @Test
    void requestsAreServedByPriorityAndThenByArrival() {
        List<Http.Exchange> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) clients.add(waiting("/" + i));
        clients.add(waiting("/urgent", "Priority: u=1, i"));
        clients.add(waiting("/idle", "Priority: u=7"));
        List<String> served = new ArrayList<>();
        String last = answer(200, "Connection: close\r\n", "done");
        for (int i = 0; i < 6; i++)
            served.add(some(worker().serveOnce(last)).line().split(" ", -1)[1]);

        assertEquals(List.of("/urgent", "/0", "/1", "/2", "/3", "/idle"), served);
        clients.forEach(client -> assertEquals(200, client.response().status()));
    }

    @Test
    void aRequestThatNoWorkerTakesGets504WithTheTimeWaited() {
        Response response = ask("/", "Prefer: wait=1").response();

        assertEquals(504, response.status());
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertTrue(response.body().contains("\"outcome\":\"none\""), response.body());
        assertTrue(response.body().contains("\"waited\":1"), response.body());
        try (DialledIn worker = idleWorker()) {
            Http.Exchange next = ask("/next");
            assertEquals("GET /next HTTP/1.1", some(worker.asked()).line(), "what has ended is not performed");
            worker.write(OK);
            assertEquals(200, next.response().status());
        }
    }

    /** Like workers of POTHEAD whose results are fetched from them: once, and then they are gone. */
    @ParameterizedTest
    @ValueSource(strings = {"303 See Other", "410 Gone", "500 Internal Server Error"})
    void aRedirectAndAFailureArePassedOnAsTheyAre(String status) {
        Http.Exchange client = waiting("/");
        worker().serveOnce("HTTP/1.1 " + status
                + "\r\nLocation: http://10.1.2.3:4041/0123456789abcdef\r\nContent-Length: 3\r\n\r\nbig");

        Response response = client.response();
        assertEquals(Integer.parseInt(status.substring(0, 3)), response.status());
        assertEquals("http://10.1.2.3:4041/0123456789abcdef", response.header("Location"));
        assertEquals("big", response.body());
    }

    /** A worker opens the next connection when a request has arrived on the one before. */
    @Test
    void aWorkerIsGivenOneRequestForEachConnectionHoweverManyWait() {
        Http.Exchange first = waiting("/1"), second = waiting("/2");
        try (DialledIn one = worker()) {
            assertEquals("GET /1 HTTP/1.1", some(one.asked()).line());
            try (DialledIn other = worker()) {
                assertEquals("GET /2 HTTP/1.1", some(other.asked()).line());
                other.write(OK);
                assertEquals(200, second.response().status());
                assertFalse(first.isAnswered(), "its worker has not answered");
            }
            one.write(OK);
            assertEquals(200, first.response().status());
        }
    }

    @Test
    void aWorkerMayKeepItsConnection() {
        try (DialledIn worker = worker()) {
            for (int i = 0; i < 5; i++) {
                Http.Exchange client = ask("/" + i);
                assertEquals("GET /" + i + " HTTP/1.1", some(worker.asked()).line());
                worker.write(answer(200, "Connection: keep-alive\r\n", "n" + i));
                assertEquals("n" + i, client.response().body());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\n\r\ndone",
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndone",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ndo\r\n2;x=y\r\nne\r\n0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
            })
    void aWorkerMayEndItsAnswerAsItLikes(String answer) {
        Http.Exchange client = waiting("/");
        worker().serveOnce(answer);

        Response response = client.response();
        assertEquals(200, response.status());
        assertEquals("done", response.body());
    }

    /** The default of {@code work.buffer}. */
    private static final int BUFFER = 64 * 1024;

    private static void chunks(Http.Exchange client, int length, int size) {
        for (int left = length; left > 0; left -= size) {
            int bytes = Math.min(left, size);
            client.write((Integer.toHexString(bytes) + "\r\n" + "x".repeat(bytes) + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** WSGI has no bodies of unknown length: its workers take a body in chunks for none. */
    @ParameterizedTest
    @CsvSource({"0,1", "5,5", "5,1", "1000,7", "65535,10000", "65536,65536", "65536,9999"})
    void aBodyThatFitsTheBufferArrivesWithItsLength(int length, int chunk) {
        try (DialledIn worker = worker()) {
            Http.Exchange client = client().send("POST", "/work/default/", "Transfer-Encoding: chunked");
            chunks(client, length, chunk);
            client.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Asked request = some(worker.asked());
            worker.write(OK);

            assertEquals(Integer.toString(length), request.header("Content-Length"));
            assertEquals("", request.header("Transfer-Encoding"));
            assertEquals("x".repeat(length), request.text());
            assertEquals(200, client.response().status());
        }
    }

    @Test
    void aLongerBodyArrivesInChunksBeforeItsEndHasCome() {
        try (DialledIn worker = worker()) {
            Http.Exchange client = client().send("POST", "/work/default/", "Transfer-Encoding: chunked");
            chunks(client, BUFFER + 1, 10_000);
            worker.asked1000();
            client.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            worker.write(OK);

            assertEquals(200, client.response().status());
        }
    }

    /** It takes no place in the queue, and no worker, while it is not known whether it fits. */
    @Test
    void aBodyThatIsStillComingKeepsNoWorkerFromOthers() {
        try (DialledIn worker = idleWorker()) {
            Http.Exchange slow = client().send("POST", "/work/default/slow", "Transfer-Encoding: chunked");
            chunks(slow, 5, 5);
            Http.Exchange quick = ask("/quick");
            assertEquals("GET /quick HTTP/1.1", some(worker.asked()).line());
            slow.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            worker.write(answer(200, "Connection: keep-alive\r\n", "done"));
            assertEquals(200, quick.response().status());
            Asked request = some(worker.asked());
            worker.write(OK);

            assertEquals("5", request.header("Content-Length"));
            assertEquals(200, slow.response().status());
        }
    }

    @Test
    void headAnd204ResponsesHaveNoBody() {
        Http.Exchange client = client().send("HEAD", "/work/default/");
        Asked request = some(worker().serveOnce("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"));
        assertEquals("HEAD / HTTP/1.1", request.line());
        assertEquals("", client.response().body());

        Http.Exchange empty = client().send("POST", "/work/default", "Content-Length: 0");
        assertEquals(
                "POST / HTTP/1.1",
                some(worker().serveOnce("HTTP/1.1 204 None\r\n\r\n")).line());
        assertEquals(204, empty.response().status());
    }

    @Test
    void anIdleWorkerThatIsGoneOrSendsBytesGetsNoRequest() {
        DialledIn gone = idleWorker();
        DialledIn talkative = idleWorker();
        double idle = workers().meter("holdfast_work_idle");
        gone.close();
        talkative.write("HTTP/1.1 200 OK\r\n");
        assertTrue(talkative.isClosed());
        await("both are not workers any more").until(() -> workers().meter("holdfast_work_idle") == idle - 2);

        Http.Exchange client = waiting("/");
        assertNotNull(worker().serveOnce(OK));
        assertEquals(200, client.response().status());
        talkative.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTT", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", "\r\n"})
    void aWorkerThatSendsMoreThanItsResponseGetsNoOtherRequest(String more) {
        double idle = workers().meter("holdfast_work_idle");
        try (DialledIn talkative = worker()) {
            Http.Exchange client = waiting("/");
            assertNotNull(talkative.asked());
            talkative.write(answer(200, "Connection: keep-alive\r\n", "done") + more);
            assertEquals("done", client.response().body());
            await("it is no worker any more").until(() -> workers().meter("holdfast_work_idle") == idle);

            Http.Exchange next = ask("/next");
            assertNotNull(worker().serveOnce(OK));
            assertEquals(200, next.response().status());
        }
    }

    @Test
    void anIdempotentRequestGoesToAnotherWorkerWhenOneDies() {
        goesToAnother("PUT", "/put");
        goesToAnother("POST", "/key", "Idempotency-Key: \"k1\"");
    }

    private void goesToAnother(String method, String path, String... headers) {
        Http.Exchange client =
                client().send(method, "/work/default" + path, "body".getBytes(StandardCharsets.UTF_8), headers);
        Asked first;
        try (DialledIn dying = worker()) {
            first = some(dying.asked());
        }
        Asked second = some(worker().serveOnce(OK));

        assertEquals(method + " " + path + " HTTP/1.1", first.line());
        assertEquals(first.line(), second.line());
        assertEquals("body", second.text());
        assertEquals(200, client.response().status());
    }

    @Test
    void theOutcomeIsUnknownIfAWorkerDiesAndNoOtherComes() {
        DialledIn dying = idleWorker();
        Http.Exchange client =
                client().send("PUT", "/work/default/charge", "pay".getBytes(StandardCharsets.UTF_8), "Prefer: wait=4");
        assertEquals("pay", some(dying.asked()).text());
        dying.close();

        Response response = client.response();
        assertEquals(504, response.status());
        assertTrue(response.body().contains("\"outcome\":\"unknown\""), response.body());
        assertTrue(response.body().contains("\"waited\":"), response.body());
    }

    @Test
    void butNotForEver() {
        Http.Exchange client = ask("/poison");
        for (int i = 0; i < 3; i++)
            try (DialledIn dying = worker()) {
                assertEquals("GET /poison HTTP/1.1", some(dying.asked()).line());
            }

        Response response = client.response();
        assertEquals(502, response.status());
        assertTrue(response.body().contains("\"outcome\":\"unknown\""), response.body());
    }

    @Test
    void aNonIdempotentRequestIsNotRetried() {
        Http.Exchange client = client().send("POST", "/work/default/once", new byte[] {1});
        try (DialledIn dying = worker()) {
            assertNotNull(dying.asked());
        }

        Response response = client.response();
        assertEquals(502, response.status());
        assertTrue(response.body().contains("\"outcome\":\"unknown\""), response.body());
    }

    @Test
    void anAnswerThatBreaksOffIsCut() {
        Http.Exchange client = ask("/");
        worker().serveOnce("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\nhalf");

        String rest = client.rest();
        assertTrue(rest.startsWith("HTTP/1.1 200"), rest);
        assertTrue(rest.endsWith("half") || !rest.endsWith("0\r\n\r\n"), "it must not seem whole: " + rest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"})
    void aMalformedWorkerResponseGets502(String nonsense) {
        Http.Exchange client = client().send("POST", "/work/default/", new byte[] {1});
        try (DialledIn worker = worker()) {
            assertNotNull(worker.asked());
            worker.write(nonsense);
            assertTrue(worker.isClosed());
        }

        assertEquals(502, client.response().status());
    }

    /** 64 KiB for a line, or 1,000 headers. */
    @ParameterizedTest
    @CsvSource({"1, 70000", "1100, 10"})
    void aHeadThatIsTooLongIsBlamedOnTheWorkerAndNotOnItsConnection(int headers, int length) {
        Http.Exchange client = client().send("POST", "/work/default/", new byte[] {1});
        try (DialledIn worker = worker()) {
            assertNotNull(worker.asked());
            worker.write("HTTP/1.1 200 OK\r\n" + ("X: " + "y".repeat(length) + "\r\n").repeat(headers) + "\r\n");
            assertTrue(worker.isClosed());
        }

        Response response = client.response();
        assertEquals(502, response.status(), response.toString());
        assertTrue(response.body().contains("the head of its worker's response is too long"), response.body());
        assertTrue(response.body().contains("\"outcome\":\"unknown\""), response.body());
    }

    @Test
    void aClientThatLeavesWhileItsBodyComesCancelsTheWork() {
        Http.Exchange client = client().send("POST", "/work/default/", "Content-Length: 1000000");
        client.write(new byte[1000]);
        try (DialledIn worker = worker()) {
            worker.asked1000();
            client.vanish();
            assertTrue(worker.isClosed());
        }
    }

    @Test
    void aBodyOfWhichHalfComesAndNoMoreIsGivenUp() {
        Http.Exchange client = client().send("POST", "/work/default/", "Content-Length: 1000000");
        client.write(new byte[1000]);
        try (DialledIn worker = worker()) {
            worker.asked1000();
            assertEquals(408, client.response().status());
            assertTrue(worker.isClosed());
        }
    }

    @Test
    void longBodiesPassBothWaysAsTheyAreTaken() throws Exception {
        int mebibytes = 32;
        byte[] block = new byte[MEBIBYTE];
        for (int i = 0; i < block.length; i++) block[i] = (byte) (i * 31 + i / 251);
        Http.Exchange client = client().send("POST", "/work/default/", "Content-Length: " + mebibytes * MEBIBYTE);
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(() -> IntStream.range(0, mebibytes).forEach(i -> client.write(block)));
        try (DialledIn worker = worker()) {
            InputStream in = worker.in();
            skipHead(in);
            for (int i = 0; i < mebibytes; i++) assertTrue(Arrays.equals(block, in.readNBytes(MEBIBYTE)), "block " + i);
            sent.join();
            CompletableFuture<byte[]> come = CompletableFuture.supplyAsync(client::bytes);
            OutputStream out = worker.out();
            worker.write("HTTP/1.1 200 OK\r\nContent-Length: " + mebibytes * MEBIBYTE + "\r\n\r\n");
            for (int i = 0; i < mebibytes; i++) out.write(block);
            byte[] answer = come.join();

            int head = new String(answer, 0, 2_000, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
            assertEquals(mebibytes * MEBIBYTE, answer.length - head);
            for (int i = 0; i < mebibytes; i++)
                assertTrue(
                        Arrays.equals(
                                block, Arrays.copyOfRange(answer, head + i * MEBIBYTE, head + (i + 1) * MEBIBYTE)),
                        "block " + i);
        }
    }

    private static void skipHead(InputStream in) throws IOException {
        int ends = 0;
        while (ends < 4) ends = in.read() == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"u=8", "u=-1", "u=x", "u="})
    void aPriorityThatIsNoneIsRefused(String priority) {
        Response response = ask("/", "Priority: " + priority).response();

        assertEquals(400, response.status());
        assertTrue(response.body().contains("\"field\":\"Priority\""), response.body());
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        assertEquals(400, client().get("/work/a%2Fb/x").status());
        assertNull(client().get("/work/" + "n".repeat(129) + "/x").headers().get("location"));
        assertEquals(400, client().get("/work/" + "n".repeat(129) + "/x").status());
    }
}
