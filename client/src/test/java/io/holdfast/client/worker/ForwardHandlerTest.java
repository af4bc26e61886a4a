// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.endedStream;
import static io.holdfast.client.testing.ScriptedServer.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.DeclinedException;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http1.MessageBody;
import io.holdfast.client.http1.MessageHead;
import io.holdfast.client.testing.BrokenStream;
import io.holdfast.client.testing.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardHandlerTest {
    private final ScriptedServer application = new ScriptedServer();
    private final ForwardHandler forward = new ForwardHandler(application.uri());
    private final Cancellation cancellation = new Cancellation();
    private final List<String> progress = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        application.close();
    }

    private WorkRequest request(String method, Map<String, List<String>> headers, InputStream body, long length) {
        return request(new RequestLine(method, "/x?a=b", true), headers, body, length);
    }

    private WorkRequest request(RequestLine line, Map<String, List<String>> headers, InputStream body, long length) {
        HttpHeaders all = HttpHeaders.of(headers, (name, value) -> true);
        return new AssignedRequest("1", line, all, new AssignedRequest.Body(body, length), progress::add, cancellation);
    }

    private WorkRequest get(String target) {
        RequestLine line = new RequestLine("GET", target, true);
        return request(line, Map.of(), InputStream.nullInputStream(), 0);
    }

    private WorkRequest get() {
        return request("GET", Map.of(), InputStream.nullInputStream(), 0);
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static String text(WorkResponse response) throws IOException {
        try (InputStream body = response.body()) {
            return new String(body.readAllBytes(), UTF_8);
        }
    }

    @Test
    void aRequestIsForwardedWithoutTheFieldsOfItsConnection() throws Exception {
        application.then(answer(201, "X-Answer: 1\nX-Answer: 2", "done"));
        Map<String, List<String>> headers = Map.of(
                "Host",
                List.of("hub.example"),
                "X-One",
                List.of("1"),
                "Connection",
                List.of("X-Own"),
                "X-Own",
                List.of("1"));

        WorkResponse response = forward.handle(request("POST", headers, in("body"), 4));

        assertEquals(201, response.status());
        assertEquals(List.of("1", "2"), response.headers().allValues("X-Answer"));
        assertEquals(4, response.length());
        assertEquals("done", text(response));
        ScriptedServer.Request seen = application.requests.get(0);
        assertEquals("POST /x?a=b body", seen.line() + " " + seen.body());
        assertEquals(
                Map.of("host", "hub.example", "x-one", "1", "connection", "close", "content-length", "4"),
                seen.headers());
    }

    @Test
    void thePathOfARequestFollowsThePathOfTheApplication() throws Exception {
        application.then(answer(200, "", ""));

        new ForwardHandler(application.uri().resolve("/base/"))
                .handle(get())
                .body()
                .close();

        assertEquals(List.of("GET /base/x?a=b"), application.lines());
        assertEquals(
                application.uri().getRawAuthority(), application.requests.get(0).header("Host"));
    }

    /** The application would resolve them, and serve what is outside its path. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret",
                "/..",
                "/x/../../secret?a=b",
                "/./x",
                "/%2e%2e/secret",
                "/.%2E/secret",
                "/..;/secret",
                "/..;a=b",
                "/..%2fsecret",
                "/x%2F..%2Fsecret",
                "/..\\secret",
                "/x%5c..%5Csecret"
            })
    void aPathThatMayLeaveThatOfTheApplicationIsRefused(String target) throws Exception {
        WorkResponse response = new ForwardHandler(application.uri().resolve("/public")).handle(get(target));

        assertEquals(400, response.status());
        String problem = text(response);
        assertTrue(problem.contains("path must be without the segments . and .., not '/"), problem);
        assertTrue(problem.contains("\"field\":\"path\""), problem);
        assertEquals(List.of(), application.lines());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x?to=/../y", "/...", "/.well-known/x", "/a..b/c", "/%2e%2e%2e", "/x;.."})
    void dotsInAQueryOrWithinASegmentArePassedOn(String target) throws Exception {
        application.then(answer(200, "", ""));

        new ForwardHandler(application.uri().resolve("/public"))
                .handle(get(target))
                .body()
                .close();

        assertEquals(List.of("GET /public" + target), application.lines());
    }

    @Test
    void dotSegmentsArePassedOnToAnApplicationWithoutAPath() throws Exception {
        application.then(answer(200, "", ""));

        forward.handle(get("/../x")).body().close();

        assertEquals(List.of("GET /../x"), application.lines());
    }

    @Test
    void aBodyOfUnknownLengthIsSentInChunks() throws Exception {
        application.then(endedStream("one", "two"));

        WorkResponse response = forward.handle(request("PUT", Map.of(), in("body"), MessageBody.UNKNOWN));

        assertEquals(MessageBody.UNKNOWN, response.length());
        assertEquals("onetwo", text(response));
        assertEquals("body", application.requests.get(0).body());
        assertEquals("chunked", application.requests.get(0).header("Transfer-Encoding"));
    }

    @Test
    void anAnswerMayEndWithItsConnection() throws Exception {
        application.then(raw("HTTP/1.0 200 OK\r\n\r\nuntil the end", false));

        assertEquals("until the end", text(forward.handle(get())));
    }

    @Test
    void anAnswerToAHeadHasNoBody() throws Exception {
        application.then(raw("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", true));

        WorkResponse response = forward.handle(request("HEAD", Map.of(), InputStream.nullInputStream(), 0));

        assertEquals("7", response.headers().firstValue("Content-Length").orElseThrow());
        assertEquals(0, response.length());
        assertEquals("", text(response));
    }

    @Test
    void interimResponsesAreSkippedAndTheirProgressIsReported() throws Exception {
        application.then(raw(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nWork-Progress: {\"at\":1}\r\n\r\n"
                        + "HTTP/1.1 204 No Content\r\n\r\n",
                true));

        assertEquals(204, forward.handle(get()).status());
        assertEquals(List.of("{\"at\":1}"), progress);
    }

    /** It is shown as well as it can be, as on a connection, and never fails the request. */
    @ParameterizedTest
    @ValueSource(strings = {"half done", "{\"at\":", "{}x", "\"a", "100 %"})
    void progressThatIsNotJsonIsReportedAsAString(String text) throws Exception {
        application.then(
                raw("HTTP/1.1 102 Processing\r\nWork-Progress: " + text + "\r\n\r\nHTTP/1.1 204 None\r\n\r\n", true));

        assertEquals(204, forward.handle(get()).status());
        assertEquals(List.of("\"" + text.replace("\"", "\\\"") + "\""), progress);
    }

    @Test
    void progressThatIsNestedDeeplyFailsNothing() throws Exception {
        String nested = "[".repeat(1_001) + "]".repeat(1_001);
        application.then(
                raw("HTTP/1.1 102 Processing\r\nWork-Progress: " + nested + "\r\n\r\nHTTP/1.1 204 None\r\n\r\n", true));

        assertEquals(204, forward.handle(get()).status());
        assertEquals(List.of(nested), progress);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "no HTTP\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 700 What\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
            })
    void anApplicationThatDiesOrSpeaksNoHttpIsAnswered502WithAnUnknownOutcome(String answer) throws Exception {
        application.then(raw(answer, false));

        WorkResponse response = forward.handle(get());

        assertEquals(502, response.status());
        String problem = text(response);
        assertTrue(problem.contains("\"outcome\":\"unknown\""), problem);
    }

    @Test
    void anAnswerThatBreaksOffIsNotTakenForTheWhole() throws Exception {
        application.then(raw("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhalf", false));

        InputStream body = forward.handle(get()).body();

        assertThrows(IOException.class, body::readAllBytes);
    }

    @Test
    void aRequestIsDeclinedIfTheApplicationIsDown() throws IOException {
        // A server that has accepted once may still accept just after its close.
        ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        port.close();
        ForwardHandler away = new ForwardHandler(URI.create("http://127.0.0.1:" + port.getLocalPort()));

        DeclinedException declined = assertThrows(DeclinedException.class, () -> away.handle(get()));

        assertEquals("The application cannot be reached: There is no connection.", declined.getMessage());
        assertThrows(IOException.class, away::ready);
    }

    /** A stream without an end. */
    private static final class Endless extends InputStream {
        private final AtomicLong asked = new AtomicLong();

        @Override
        public int read() {
            asked.incrementAndGet();
            return 0;
        }
    }

    @Test
    void anAnswerBeforeTheEndOfTheBodyIsReceived() throws Exception {
        try (ServerSocket hasty = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerHastily(hasty));
            ForwardHandler forward = new ForwardHandler(URI.create("http://127.0.0.1:" + hasty.getLocalPort()));
            Endless body = new Endless();

            WorkResponse response = forward.handle(request("POST", Map.of(), body, MessageBody.UNKNOWN));
            answered.get(60, TimeUnit.SECONDS);
            AtomicLong before = new AtomicLong();
            await("nothing more is sent")
                    .during(Duration.ofMillis(200))
                    .until(() -> before.getAndSet(body.asked.get()) == body.asked.get());

            assertEquals(413, response.status());
            assertEquals(TOO_LONG, text(response));
        }
    }

    private static final String TOO_LONG = "too long ".repeat(4_000);

    private static void answerHastily(ServerSocket server) {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            MessageHead.read(in);
            String head = "HTTP/1.1 413 Too Long\r\nContent-Length: " + TOO_LONG.length() + "\r\n\r\n";
            socket.getOutputStream().write((head + TOO_LONG).getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRequestThatBreaksOffDoesNotReachTheApplicationAsTheWhole() throws Exception {
        WorkResponse response = forward.handle(request("POST", Map.of(), new BrokenStream(), MessageBody.UNKNOWN));

        assertEquals(502, response.status());
        assertEquals(List.of(), application.lines());
        String problem = text(response);
        assertTrue(problem.contains("The request broke off before the application had all of it"), problem);
    }

    @Test
    void aCancellationClosesTheConnection() throws Exception {
        CompletableFuture<WorkResponse> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return forward.handle(get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await().until(() -> application.lines().size() == 1);

        cancellation.cancel();

        assertThrows(ExecutionException.class, () -> asked.get(60, TimeUnit.SECONDS));
        await().until(() -> application.gone() == 1);
    }
}
