// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;

import io.holdfast.config.Settings;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Line;
import io.holdfast.testing.Ports;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Containers that report nothing: no timeout, no error, no departure of a client, no end. The tests ask all of them at once. */
class SilentContainerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 3;

    private static final List<Server> SERVERS = new ArrayList<>();

    /** A Holdfast in a container that reports nothing. */
    private record Server(Container kind, Holdfast holdfast, Container.Running running) implements AutoCloseable {

        static Server start(Container kind) throws Exception {
            Properties properties = new Properties();
            String cluster = Integer.toString(Ports.free());
            properties.setProperty("holdfast.cluster.port", cluster);
            properties.setProperty("holdfast.hold.longest", "1h");
            Holdfast holdfast = Holdfast.open(
                    Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty()), "/p" + cluster);
            return new Server(kind, holdfast, kind.start(new Muting(holdfast.servlet())));
        }

        Http http() {
            return new Http(URI.create("http://127.0.0.1:" + running.port()));
        }

        double meter(String name) {
            return http().get("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no meter " + name + " at " + kind));
        }

        double holds() {
            return meter("holdfast_holds");
        }

        double ended(String how) {
            return meter("holdfast_endings_total{ending=\"" + how + "\"}");
        }

        List<Line> poll(int clients, String target) throws Exception {
            List<Line> lines = new ArrayList<>();
            for (int i = 0; i < clients; i++)
                lines.add(Line.to(running.port()).send("GET " + target + " HTTP/1.1\r\nHost: t\r\n\r\n"));
            return lines;
        }

        /** Has so many clients held. */
        List<Line> hold(int clients, String target) throws Exception {
            double before = holds();
            List<Line> lines = poll(clients, target);
            await("they are held at " + kind).atMost(PATIENCE).until(() -> holds() == before + clients);
            return lines;
        }

        @Override
        public void close() {
            running.close();
            holdfast.close();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        for (Container kind : Container.values()) SERVERS.add(Server.start(kind));
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(Server::close);
    }

    @Test
    void aWaitEndsInTimeThoughTheContainerCallsNoTimeout() throws Exception {
        List<List<Line>> all = new ArrayList<>();
        for (Server server : SERVERS) all.add(server.poll(CLIENTS, "/counters/late/value/?last=0&wait=2"));
        for (List<Line> lines : all)
            for (Line line : lines)
                try (line) {
                    line.readTo("\r\n\r\n{}");
                    // The connection serves on.
                    line.send("GET /health/live HTTP/1.1\r\nHost: t\r\n\r\n").readTo("UP");
                }
        for (Server server : SERVERS)
            await("their ends are counted at " + server.kind)
                    .atMost(PATIENCE)
                    .until(() -> server.ended("timed-out") >= CLIENTS);
    }

    @Test
    void aClientThatLeavesIsGoneThoughTheContainerCallsNobody() throws Exception {
        String wait = "/counters/left/value/?last=0&wait=3600";
        List<List<Line>> closing = new ArrayList<>(), vanishing = new ArrayList<>();
        for (Server server : SERVERS) {
            closing.add(server.hold(CLIENTS, wait));
            vanishing.add(server.hold(CLIENTS, wait));
        }

        for (List<Line> lines : closing) for (Line line : lines) line.close();
        for (Server server : SERVERS)
            await("those that closed are gone at " + server.kind)
                    .atMost(PATIENCE)
                    .until(() -> server.ended("gone") >= CLIENTS);
        // The others were seen meanwhile. A connection that was reset before is watched by the standalone run only.
        for (List<Line> lines : vanishing) for (Line line : lines) line.vanish();

        for (Server server : SERVERS)
            await("those that vanished are gone at " + server.kind)
                    .atMost(PATIENCE)
                    .until(() -> server.ended("gone") >= 2 * CLIENTS);
    }

    /** Passes on neither the listeners of asynchronous requests nor their timeout. */
    private static final class Muting extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient Servlet front;

        private Muting(Servlet front) {
            this.front = front;
        }

        @Override
        public void init(ServletConfig config) throws ServletException {
            super.init(config);
            front.init(config);
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            front.service(new Muted(request, response), response);
        }
    }

    private static final class Muted extends HttpServletRequestWrapper {
        private final HttpServletResponse response;

        private Muted(HttpServletRequest request, HttpServletResponse response) {
            super(request);
            this.response = response;
        }

        @Override
        public AsyncContext startAsync() {
            AsyncContext context = super.startAsync(this, response);
            context.setTimeout(0);
            return new Deaf(context);
        }
    }

    /** A context that keeps no listener and no time. */
    private record Deaf(AsyncContext context) implements AsyncContext {

        @Override
        public void addListener(AsyncListener listener) {
            // It is called by no container.
        }

        @Override
        public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
            // It is called by no container.
        }

        @Override
        public void setTimeout(long millis) {
            // There is none.
        }

        @Override
        public long getTimeout() {
            return 0;
        }

        @Override
        public ServletRequest getRequest() {
            return context.getRequest();
        }

        @Override
        public ServletResponse getResponse() {
            return context.getResponse();
        }

        @Override
        public boolean hasOriginalRequestAndResponse() {
            return context.hasOriginalRequestAndResponse();
        }

        @Override
        public void dispatch() {
            context.dispatch();
        }

        @Override
        public void dispatch(String path) {
            context.dispatch(path);
        }

        @Override
        public void dispatch(ServletContext other, String path) {
            context.dispatch(other, path);
        }

        @Override
        public void complete() {
            context.complete();
        }

        @Override
        public void start(Runnable task) {
            context.start(task);
        }

        @Override
        public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
            return context.createListener(type);
        }
    }
}
