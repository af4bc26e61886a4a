// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.testing.Http;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples send a request elsewhere if its connection was refused, and never because of an answer. */
class BalancersRepeatNothingIT {
    private static final int EACH = 9;

    private final List<HttpServer> servers = new ArrayList<>();
    private final AtomicInteger arrived = new AtomicInteger();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    /** A server that is ready, and answers everything else with this status. */
    private String server(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/", exchange -> {
            boolean asksForHealth = exchange.getRequestURI().getPath().equals("/health/ready");
            if (!asksForHealth) arrived.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(asksForHealth ? 200 : status, -1);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static String nobody() {
        return "127.0.0.1:" + Ports.free();
    }

    private void ask(Balancer balancer, int status) {
        Http http = new Http(URI.create("http://127.0.0.1:" + balancer.port()));
        for (int i = 0; i < EACH; i++) {
            assertEquals(status, http.get("/counters/a/value/").status());
            assertEquals(status, http.post("/counters/a/value/").status());
        }
        assertEquals(2 * EACH, arrived.get(), "each request comes to one member, once");
    }

    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    void anAnswerIsNeverTriedElsewhere(String kind) throws Exception {
        for (int status : new int[] {503, 502, 500, 429}) {
            arrived.set(0);
            try (Balancer balancer = Balancer.at(kind, List.of(server(status), server(status), server(status)))) {
                ask(balancer, status);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    void aRefusedConnectionIsTriedElsewhere(String kind) throws Exception {
        try (Balancer balancer = Balancer.at(kind, List.of(nobody(), server(200), nobody()))) {
            ask(balancer, 200);
        }
    }
}
