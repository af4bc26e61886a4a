// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A held response on every kind of server, when the server misbehaves, and when the client does. */
@ParameterizedClass
@EnumSource(Container.class)
@Timeout(60)
class HeldResponseIT {
    private static final byte[] NOTHING = {};
    private static final Headers TOLD = Headers.of("Content-Length", "12345678901");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Parameter
    private Container container;

    private final BlockingQueue<Boolean> written = new LinkedBlockingQueue<>();
    private final Complaints complaints = new Complaints();
    private Container.Running server;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        Json json = new Json();
        Routes routes = new Routes()
                .add("/small", Map.of("GET", call -> hold(call, 10)))
                .add("/large", Map.of("GET", call -> hold(call, 100_000)))
                .add(
                        "/passed",
                        Map.of("GET", call -> hold(call, new PassedResponse(200, Headers.of("X-A", "b"), NOTHING))))
                .add("/told", Map.of("GET", call -> hold(call, new PassedResponse(200, TOLD, NOTHING))))
                .add("/released", Map.of("GET", call -> hold(call, new PassedResponse(200, Headers.NONE, new byte[7]))))
                .add("/same", Map.of("GET", call -> hold(call, OwnResponse.empty(304))))
                .add("/plain", Map.of("GET", call -> call.answer(OwnResponse.json(200, "\"plain\""))));
        server = container.start(new Breaking(
                new FrontServlet(routes, new WaitLimits(PATIENCE, PATIENCE), new Backlog(1 << 20, json), json)));
        http = new Http(URI.create("http://127.0.0.1:" + server.port()));
    }

    private void hold(Call call, int length) {
        hold(call, OwnResponse.json(200, "x".repeat(length)));
    }

    private void hold(Call call, io.holdfast.http.message.Response answer) {
        HeldResponse held = call.hold(PATIENCE);
        new Thread(() -> written.add(held.answer(answer))).start();
    }

    @AfterEach
    void stop() {
        server.close();
        complaints.close();
    }

    @Test
    void anAnswerThatTheServerDoesNotTakeIsA500AndNothingStaysHeld() throws Exception {
        for (String path : List.of("/small", "/large")) {
            Response response = http.get(path, "X-Break: yes");

            assertEquals(500, response.status(), response.toString());
            assertEquals(false, written.take());
            assertEquals(200, http.get(path).status());
            assertEquals(true, written.take());
        }
        assertEquals(2, complaints.heard().size(), complaints.heard()::toString);
        assertTrue(complaints.heard().get(0).contains("An answer could not be written"), complaints.heard()::toString);
    }

    @Test
    void theResponseToAHeadHasTheLengthOfItsGetOrNone() {
        for (String version : List.of("1.1", "1.0")) {
            assertEquals("", head("/passed", version).header("Content-Length"));
            assertEquals("", head("/same", version).header("Content-Length"));
            assertEquals("12345678901", head("/told", version).header("Content-Length"));
            assertEquals("7", head("/released", version).header("Content-Length"));
            assertEquals("8", head("/plain", version).header("Content-Length"));
        }
    }

    private Response head(String path, String version) {
        Response response = http.raw("HEAD " + path + " HTTP/" + version + "\r\nHost: t\r\nConnection: close\r\n\r\n")
                .response();
        assertEquals("", response.body());
        return response;
    }

    @Test
    void garbageOnTheLineGetsNoStackTraceAndTheServerServesOn() {
        for (String garbage : List.of(
                "NONSENSE\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET /a%00b HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
                "GET /plain HTTP/1.1\r\nHost: t\r\nNo colon\r\nConnection: close\r\n\r\n")) {
            Response response = http.raw(garbage).response();

            assertTrue(response.status() >= 400 || response.body().contains("plain"), garbage + response);
            noTrace(response);
        }
        assertEquals(200, http.get("/plain").status());
    }

    @Test
    void aHeaderBeyondWhatTheServerTakesGetsNoStackTraceAndTheServerServesOn() {
        Response response = http.get("/plain", "X-Large: " + "h".repeat(70_000));

        assertTrue(List.of(400, 431).contains(response.status()), response.toString());
        noTrace(response);
        assertEquals(200, http.get("/plain").status());
    }

    private static void noTrace(Response response) {
        for (String trace : List.of("\tat ", "Exception", "io.holdfast"))
            assertTrue(!response.body().contains(trace), response.body());
    }

    /** Has requests with a certain header held on a response that fails. */
    private static final class Breaking extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient FrontServlet front;

        private Breaking(FrontServlet front) {
            this.front = front;
        }

        @Override
        public void init(ServletConfig config) throws ServletException {
            super.init(config);
            front.init(config);
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            front.service(request.getHeader("X-Break") == null ? request : new Broken(request, response), response);
        }
    }

    private static final class Broken extends HttpServletRequestWrapper {
        private final HttpServletResponse response;

        private Broken(HttpServletRequest request, HttpServletResponse response) {
            super(request);
            this.response = response;
        }

        @Override
        public AsyncContext startAsync() {
            return super.startAsync(getRequest(), new HttpServletResponseWrapper(response) {
                @Override
                public void setContentType(String type) {
                    throw new UnsupportedOperationException("broken");
                }
            });
        }
    }
}
