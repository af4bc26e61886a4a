// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers on every kind of server. */
@Timeout(60)
class OwnResponseIT {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final List<String> TYPES = List.of(
            "text/plain;charset=",
            "text/plain;charset=\"\"",
            "text/plain;charset=nonsense",
            "text/plain;charset=!'^|",
            "text/plain;charset=\"a\\\"b\"",
            "text/plain;charset=\"a;b\"",
            "text/plain ;charset=\"nonsense\"",
            "application/x'y",
            "text/plain;charset=utf-8;charset=nonsense",
            "text/plain;x=\"charset=\"",
            "a`|~/%*!;x'=^");

    @ParameterizedTest
    @EnumSource(Container.class)
    void noMediaTypeKeepsTheBytesFromComing(Container container) throws Exception {
        byte[] body = "any bytes".getBytes(StandardCharsets.UTF_8);
        Routes routes = new Routes();
        for (int i = 0; i < TYPES.size(); i++) {
            String type = TYPES.get(i);
            routes.add("/" + i, Map.of("GET", call -> call.hold(PATIENCE)
                    .answer(new OwnResponse(200, type, Headers.NONE, body))));
        }
        try (Json json = new Json();
                Container.Running server = container.start(new FrontServlet(
                        routes, new WaitLimits(PATIENCE, PATIENCE), new Backlog(1 << 20, json), json))) {
            Http http = new Http(URI.create("http://127.0.0.1:" + server.port()));

            for (int i = 0; i < TYPES.size(); i++) arrived(http.get("/" + i), TYPES.get(i));
        }
    }

    private static void arrived(Response response, String type) {
        assertEquals(200, response.status(), type + response);
        assertEquals("any bytes", response.body());
        String bare = type.split(";", 2)[0].strip();
        assertTrue(response.header("Content-Type").startsWith(bare), type + response);
    }
}
