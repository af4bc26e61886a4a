// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.departure.Departures;
import io.holdfast.departure.Departures.HalfClosed;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.testing.Container;
import io.holdfast.testing.Line;
import io.holdfast.time.SystemTimer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that leave while nothing is written to them, on every kind of server, which does not report it. */
@ParameterizedClass
@EnumSource(Container.class)
class DeparturesIT {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final String REWRITTEN = "X-Rewritten";

    @Parameter
    private Container container;

    private final BlockingQueue<String> gone = new LinkedBlockingQueue<>();
    private final BlockingQueue<HeldResponse> held = new LinkedBlockingQueue<>();
    private final BlockingQueue<HeldStream> streams = new LinkedBlockingQueue<>();
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private SystemTimer timer;
    private Departures departures;
    private Container.Running server;

    @BeforeEach
    void start() throws Exception {
        Json json = new Json();
        timer = new SystemTimer("test-timer");
        // A second is a tenth of one here.
        departures =
                Departures.open(HalfClosed.GONE, (delay, task) -> timer.after(delay.dividedBy(10), task), executor);
        Routes routes = new Routes()
                .add("/{name}/poll", Map.of("GET", this::poll))
                .add("/{name}/stream", Map.of("GET", this::stream));
        FrontServlet front =
                new FrontServlet(routes, new WaitLimits(PATIENCE, PATIENCE), new Backlog(1 << 20, json), json);
        front.watch(departures);
        server = container.start(new Rewriting(front));
    }

    private void poll(Call call) {
        HeldResponse response = call.hold(PATIENCE);
        response.onGone(() -> gone.add(call.name("name")));
        held.add(response);
    }

    private void stream(Call call) throws IOException {
        byte[] first = "begun\n".getBytes(StandardCharsets.US_ASCII);
        HeldStream stream = call.stream(new OwnResponse(200, "text/plain", Headers.NONE, first), PATIENCE);
        stream.onGone(() -> gone.add(call.name("name")));
        streams.add(stream);
    }

    @AfterEach
    void stop() throws Exception {
        departures.close();
        server.close();
        timer.close();
        executor.shutdown();
        assertTrue(executor.awaitTermination(1, TimeUnit.MINUTES));
    }

    private Line ask(String target, String... headers) throws Exception {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return Line.to(server.port()).send("GET " + target + " HTTP/1.1\r\nHost: t\r\n" + more + "\r\n");
    }

    /** Waits until one who came later has been found to have left: all others were looked at, too. */
    private void sweep() throws Exception {
        ask("/sweep/poll").close();
        assertEquals("sweep", gone.poll(1, TimeUnit.MINUTES));
    }

    @Test
    void aPollEndsWhenItsClientHasClosed() throws Exception {
        Line line = ask("/closed/poll");
        HeldResponse response = held.take();

        line.close();

        assertEquals("closed", gone.poll(1, TimeUnit.MINUTES));
        assertFalse(response.answer(OwnResponse.empty(200)));
    }

    @Test
    void aPollEndsWhenItsClientHasVanished() throws Exception {
        Line line = ask("/vanished/poll");
        held.take();
        sweep();

        line.vanish();

        assertEquals("vanished", gone.poll(1, TimeUnit.MINUTES));
    }

    @Test
    void aStreamEndsWhenItsClientHasClosedOrVanished() throws Exception {
        Line closes = ask("/closed/stream"), vanishes = ask("/vanished/stream");
        for (Line line : new Line[] {closes, vanishes}) line.readTo("begun\n");
        sweep();

        closes.close();
        assertEquals("closed", gone.poll(1, TimeUnit.MINUTES));
        vanishes.vanish();
        assertEquals("vanished", gone.poll(1, TimeUnit.MINUTES));

        for (int i = 0; i < 2; i++) assertTrue(streams.take().isClosed());
    }

    @Test
    void aStreamThatAPollHasBecomeEndsWithItsClient() throws Exception {
        Line line = ask("/became/poll");
        HeldStream stream = held.take().stream(OwnResponse.text(200, "begun\n")).orElseThrow();
        line.readTo("begun\n");

        line.close();

        assertEquals("became", gone.poll(1, TimeUnit.MINUTES));
        await().until(stream::isClosed);
    }

    @Test
    void aClientThatStaysIsHeldAndMayAskAgain() throws Exception {
        try (Line line = ask("/stays/poll")) {
            HeldResponse response = held.take();
            for (int i = 0; i < 3; i++) sweep();

            assertTrue(response.answer(OwnResponse.text(200, "released")));

            line.readTo("released");
            line.send("GET /again/poll HTTP/1.1\r\nHost: t\r\n\r\n");
            // Those of the sweeps come first, and have ended.
            while (!held.take().answer(OwnResponse.text(200, "again"))) {}
            line.readTo("again");
        }
    }

    @Test
    void aClientThatHasClosedItsSideAndReadsGetsAProblem() throws Exception {
        try (Line line = ask("/half/poll")) {
            line.closeItsSide();

            String answer = line.readAll();

            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.contains("hold.half-closed=keep"), answer);
        }
    }

    @Test
    void aConnectionWhoseAddressIsHiddenIsCountedAndItsStreamIsTold() throws Exception {
        try (Line poll = ask("/hidden/poll", REWRITTEN + ": 192.0.2.7");
                Line line = ask("/hidden/stream", REWRITTEN + ": 192.0.2.7")) {
            line.readTo("begun\n");
            BlockingQueue<String> unwatched = new LinkedBlockingQueue<>();
            streams.take().onUnwatched(() -> unwatched.add("told"));

            assertEquals("told", unwatched.poll(1, TimeUnit.MINUTES));
            await().until(() -> departures.unwatched() == 2);
            assertNull(gone.poll());

            assertTrue(held.take().answer(OwnResponse.text(200, "released")));
            poll.readTo("released");
        }
    }

    /** Puts another address in place of the client's, as valves do. */
    private static final class Rewriting extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient FrontServlet front;

        private Rewriting(FrontServlet front) {
            this.front = front;
        }

        @Override
        public void init(ServletConfig config) throws ServletException {
            super.init(config);
            front.init(config);
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String address = request.getHeader(REWRITTEN);
            front.service(address == null ? request : new Rewritten(request, address, response), response);
        }
    }

    private static final class Rewritten extends HttpServletRequestWrapper {
        private final String address;
        private final HttpServletResponse response;

        private Rewritten(HttpServletRequest request, String rewritten, HttpServletResponse response) {
            super(request);
            this.address = rewritten;
            this.response = response;
        }

        @Override
        public String getRemoteAddr() {
            return address;
        }

        @Override
        public AsyncContext startAsync() {
            return super.startAsync(this, response);
        }
    }
}
