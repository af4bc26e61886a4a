// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP application that echoes each body after a while, and counts the requests of each path. */
final class Application implements AutoCloseable {
    private final int port;
    private final Duration takes;
    private final Map<String, Integer> performed = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "application");
        thread.setDaemon(true);
        return thread;
    });
    private HttpServer server;

    Application(Duration takes) {
        this.port = Ports.free();
        this.takes = takes;
        start();
    }

    void start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        performed.merge(exchange.getRequestURI().getPath(), 1, Integer::sum);
        Pause.of(takes);
        exchange.getResponseHeaders().set("X-Method", exchange.getRequestMethod());
        exchange.sendResponseHeaders(200, 0);
        try (InputStream in = exchange.getRequestBody();
                OutputStream out = exchange.getResponseBody()) {
            // Reads the whole body first, because a client need not read before it has sent all.
            byte[] body = in.readAllBytes();
            out.write(body);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    Map<String, Integer> performed() {
        return performed;
    }

    /** Stops at once, as if it were killed. */
    void stop() {
        server.stop(0);
    }

    @Override
    public void close() {
        stop();
        executor.shutdownNow();
    }
}
