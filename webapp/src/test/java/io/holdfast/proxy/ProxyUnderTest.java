// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static org.awaitility.Awaitility.await;

import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Routes;
import io.holdfast.http.WaitLimits;
import io.holdfast.http.message.Json;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Line;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy that follows no instructions, on a server. */
final class ProxyUnderTest implements AutoCloseable {
    private final SystemTimer timer = new SystemTimer("proxy-test");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Json json = new Json();
    private final Backlog backlog = new Backlog(64_000_000, json);
    private final Path file;
    private final ProxyRoom room;
    private final Container.Running server;

    ProxyUnderTest(Container container, Path folder, String... lines) throws Exception {
        file = folder.resolve("routes");
        change(lines);
        room = ProxyRoom.open(
                new ProxyOptions(Optional.of(file), Duration.ofSeconds(5), 2),
                new Uninstructed(),
                json,
                new Clocks(InstantSource.system(), Ticker.system(), timer),
                executor);
        Routes routes = new Routes();
        room.addTo(routes);
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        server = container.start(new FrontServlet(routes, waits, backlog, json));
    }

    /** Changes the routes, which the proxy finds out. */
    void change(String... lines) throws IOException {
        Files.write(file, List.of(lines));
    }

    int port() {
        return server.port();
    }

    Http http() {
        return new Http(URI.create("http://127.0.0.1:" + server.port()));
    }

    /** All that is answered, until the proxy closes. */
    String raw(String request) throws IOException {
        try (Line line = Line.to(port()).send(request)) {
            return line.readAll();
        }
    }

    @Override
    public void close() {
        await("nothing is kept any more").until(() -> backlog.bytes() == 0);
        room.close();
        stop();
        timer.close();
        executor.shutdownNow();
    }

    private void stop() {
        try {
            server.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
