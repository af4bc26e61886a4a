// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Json;
import io.holdfast.http.server.Upgraded;
import io.holdfast.testing.Container;
import io.holdfast.testing.Line;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that are refused an upgrade, on every kind of server; {@code UpgradedSessionIT} has those that are granted it. */
@ParameterizedClass
@EnumSource(Container.class)
@Timeout(60)
class UpgradeIT {
    private static final String UPGRADE = "Connection: keep-alive, Upgrade\r\nUpgrade: other, ptth/1.0\r\n";

    @Parameter
    private Container container;

    private Container.Running server;

    @BeforeEach
    void start() throws Exception {
        Json json = new Json();
        Routes routes = new Routes().add("/worker", Map.of("POST", call -> call.upgrade("PTTH/1.0", Upgraded::close)));
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        server = container.start(new FrontServlet(routes, waits, new Backlog(1_000_000, json), json));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String answer(String version, String headers) throws Exception {
        try (Line line =
                Line.to(server.port()).send("POST /worker HTTP/" + version + "\r\nHost: test\r\n" + headers + "\r\n")) {
            return line.readTo("\r\n\r\n") + (headers.contains("close") ? line.readAll() : "");
        }
    }

    private static void assertStatus(int status, String answer) {
        assertEquals(Integer.toString(status), answer.split(" ", 3)[1], answer);
    }

    @Test
    void aServerThatCannotUpgradeAnswers501() throws Exception {
        String answer = answer("1.1", "Content-Length: 0\r\n" + UPGRADE);
        assertStatus(container == Container.JETTY ? 501 : 101, answer);
        assertEquals(container != Container.JETTY, answer.contains("Upgrade: PTTH/1.0"), answer);
    }

    @Test
    void anUpgradeHasToBeAskedForByBothHeaders() throws Exception {
        // Half of it, Jetty refuses by itself.
        List<String> asked = container == Container.JETTY
                ? List.of("")
                : List.of("", "Upgrade: PTTH/1.0\r\n", "Connection: Upgrade\r\nUpgrade: PTTH/2.0\r\n");
        for (String headers : asked) {
            String answer = answer("1.1", "Content-Length: 0\r\n" + headers);
            assertStatus(426, answer);
            assertTrue(answer.contains("Upgrade: PTTH/1.0"), answer);
        }
    }

    @Test
    void aBodyIsRefused() throws Exception {
        assertStatus(400, answer("1.1", "Content-Length: 3\r\n" + UPGRADE + "\r\nabc"));
        assertStatus(400, answer("1.1", "Transfer-Encoding: chunked\r\n" + UPGRADE + "\r\n0\r\n"));
    }

    @Test
    void anOlderHttpIsRefused() throws Exception {
        assertStatus(400, answer("1.0", "Content-Length: 0\r\n" + UPGRADE));
    }
}
