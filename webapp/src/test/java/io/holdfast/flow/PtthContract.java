// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Worker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The duties of every server towards workers that dial in: a worker on a socket, and a caller that has a request for it. */
@Timeout(90)
public abstract class PtthContract {
    private static final int LONG = 4 << 20;

    /** Where the server is. */
    protected abstract URI server();

    /** The path where workers dial in. */
    protected abstract String workers();

    /** The path where requests are for these workers. */
    protected abstract String requests();

    /** For how long a worker has nothing to do. */
    protected abstract Duration idle();

    private Worker dial() throws Exception {
        return Worker.dial(server().resolve(workers().substring(1)));
    }

    private Http http() {
        URI server = server();
        return new Http(
                URI.create("http://" + server.getAuthority() + server.getPath().replaceAll("/$", "")));
    }

    private Http.Exchange ask() {
        return http().send("GET", requests());
    }

    private static void assertAnswer(int status, String body, Http.Exchange asking) {
        Response response = asking.response();
        assertEquals(status, response.status(), response.toString());
        assertEquals(body, response.body());
    }

    @Test
    public void aWorkerOnOneConnectionAnswersOneRequestAfterTheOther() throws Exception {
        try (Worker worker = dial()) {
            for (int i = 0; i < 10; i++) {
                Http.Exchange asking = ask();
                String head = worker.head();
                assertTrue(head.startsWith("GET /"), head);
                worker.answer(201, "done " + i);
                assertAnswer(201, "done " + i, asking);
            }
        }
    }

    @Test
    public void anAnswerMayComeInChunksOrEndWithTheConnection() throws Exception {
        try (Worker worker = dial()) {
            Http.Exchange asking = ask();
            worker.head();
            worker.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (String piece : List.of("one ", "two ", "three")) worker.send(piece.length() + "\r\n" + piece + "\r\n");
            worker.send("0\r\n\r\n");
            assertAnswer(200, "one two three", asking);
            Http.Exchange again = ask();
            worker.head();
            worker.send("HTTP/1.1 200 OK\r\n\r\nall of it").leave();
            assertAnswer(200, "all of it", again);
        }
    }

    /** As many do. */
    @Test
    public void aWorkerMayLeaveAsSoonAsItHasAnswered() throws Exception {
        for (int i = 0; i < 100; i++) {
            String body = "x".repeat(List.of(10, 20_000).get(i % 2)),
                    length = i % 4 < 2 ? "Content-Length: " + body.length() + "\r\n" : "";
            try (Worker worker = dial()) {
                Http.Exchange asking = ask();
                worker.head();
                worker.send("HTTP/1.1 200 OK\r\n" + length + "\r\n" + body).leave();
                assertAnswer(200, body, asking);
            }
        }
    }

    @Test
    public void longBodiesGoBothWays() throws Exception {
        byte[] body = "0123456789abcdef".repeat(LONG / 16).getBytes(StandardCharsets.US_ASCII);
        try (Worker worker = dial()) {
            Http.Exchange asking = http().send("POST", requests(), body);
            String head = worker.head();
            assertTrue(head.contains("Content-Length: " + LONG), head);
            byte[] come = worker.read(LONG);
            worker.send("HTTP/1.1 200 OK\r\nContent-Length: " + LONG + "\r\n\r\n")
                    .send(come);
            Response response = asking.response();
            assertEquals(200, response.status());
            assertEquals(new String(body, StandardCharsets.US_ASCII), response.body());
        }
    }

    @Test
    public void aWorkerThatHasNothingToDoStays() throws Exception {
        try (Worker worker = dial()) {
            assertTrue(!new CountDownLatch(1).await(idle().toMillis(), TimeUnit.MILLISECONDS));
            Http.Exchange asking = ask();
            worker.head();
            worker.answer(200, "awake");
            assertAnswer(200, "awake", asking);
        }
    }

    @Test
    public void aWorkerThatHasLeftIsGivenNothing() throws Exception {
        try (Worker one = dial();
                Worker rude = dial()) {
            one.leave();
            rude.send("Hello?");
            assertTrue(rude.isClosed());
        }
        try (Worker worker = dial()) {
            Http.Exchange asking = ask();
            worker.head();
            worker.answer(200, "here");
            assertAnswer(200, "here", asking);
        }
    }

    @Test
    public void aRequestWithoutAPtthUpgradeGets426() {
        Response refused = http().post(workers());
        assertEquals(426, refused.status(), refused.toString());
        assertEquals("PTTH/1.0", refused.header("Upgrade"));
        assertTrue(refused.body().contains("\"status\":426"), refused.body());
        Response other = http().send(
                        "POST", workers(), "Content-Length: 0", "Upgrade: websocket", "Connection: Upgrade")
                .response();
        assertEquals(426, other.status(), other.toString());
    }

    @Test
    public void anUpgradeWithABodyGets400() {
        Response refused = http().send("POST", workers(), new byte[3], "Upgrade: PTTH/1.0", "Connection: Upgrade")
                .response();
        assertEquals(400, refused.status(), refused.toString());
        assertTrue(refused.body().contains("\"field\":\"body\""), refused.body());
    }
}
