// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.SettingsException;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Members;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins that may use the API. */
class CrossOriginIT {
    private static final String PAGE = "https://page.example", STRANGER = "https://stranger.example";
    private static final byte[] NOTHING = {};
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    private static Members named = Members.start(0, Map.of());

    @BeforeAll
    static void start() {
        named = Members.start(
                1,
                Map.of(
                        "cors.origins", "http://other.example:8080, " + PAGE,
                        "cors.credentials", "true",
                        "access.publish", "role"));
    }

    @AfterAll
    static void stop() {
        named.close();
    }

    private static Http http() {
        return named.get(0).http();
    }

    private static void admitted(Response response) {
        assertEquals(PAGE, response.header(ALLOWED), response.toString());
        assertEquals("true", response.header("Access-Control-Allow-Credentials"));
        assertTrue(response.header("Access-Control-Expose-Headers").contains("ETag"), response.toString());
        assertTrue(response.header("Vary").contains("Origin"), response.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "/channels/a/events?wait=0, 204",
        "/channels/a/events?wait=x, 400",
        "/counter/value/, 200",
        "/jobs/none, 404",
        "/health/live, 200",
        "/nothing/here, 404"
    })
    void aPageOfANamedOriginMayReadEveryAnswer(String path, int status) {
        Response response = http().get(path, "Origin: " + PAGE);
        assertEquals(status, response.status(), response.toString());
        admitted(response);

        Response strange = http().get(path, "Origin: " + STRANGER);
        assertEquals(status, strange.status());
        assertEquals("", strange.header(ALLOWED));
        assertEquals("Origin", strange.header("Vary"));
        assertEquals("Origin", http().get(path).header("Vary"));
    }

    @Test
    void aPageOfANamedOriginMayReadAStream() {
        try (Exchange stream =
                http().send("GET", "/channels/a/events", "Accept: text/event-stream", "Origin: " + PAGE)) {
            String head = stream.until("\r\n\r\n");
            assertTrue(head.contains(ALLOWED + ": " + PAGE + "\r\n"), head);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/channels/a/events, POST, 'content-type,idempotency-key', 'GET, HEAD, POST, OPTIONS'",
        "/channels/a/events, GET, authorization, 'GET, HEAD, POST, OPTIONS'",
        "/channels/a, DELETE, , 'GET, HEAD, DELETE, OPTIONS'",
        "/publish, POST, content-type, ''",
        "/workers/q/next, GET, x-any, 'GET, HEAD, OPTIONS'"
    })
    void preflightsAreAnswered(String path, String method, String headers, String methods) {
        String asked = headers == null ? "X-None: 1" : "Access-Control-Request-Headers: " + headers;
        String wanted = "Access-Control-Request-Method: " + method;
        Response response =
                http().send("OPTIONS", path, "Origin: " + PAGE, wanted, asked).response();
        assertEquals(204, response.status(), response.toString());
        admitted(response);
        assertEquals(headers == null ? "" : headers, response.header("Access-Control-Allow-Headers"));
        assertTrue(
                List.of(response.header("Access-Control-Allow-Methods").split(", ", -1))
                        .contains(method),
                response.toString());
        if (!methods.isEmpty()) assertEquals(methods, response.header("Access-Control-Allow-Methods"));
        assertTrue(response.header("Vary").contains("Access-Control-Request-Headers"), response.toString());
        assertEquals("", response.body());

        Response strange = http().send("OPTIONS", path, "Origin: " + STRANGER, wanted, asked)
                .response();
        assertEquals("", strange.header(ALLOWED) + strange.header("Access-Control-Allow-Methods"));
    }

    @Test
    void aNamedOriginIsAsGoodAsTheServersOwnAndNeedsTheRoleAllTheSame() {
        String type = "Content-Type: text/plain";
        for (String site : new String[] {"cross-site", "same-site"}) {
            Response named = http().send(
                            "POST",
                            "/channels/a/events",
                            new byte[] {'x'},
                            type,
                            "Origin: " + PAGE,
                            "Sec-Fetch-Site: " + site)
                    .response();
            assertEquals(401, named.status(), named.toString());
            admitted(named);
        }
        assertEquals(
                403,
                http().send("POST", "/channels/a/events", new byte[] {'x'}, type, "Origin: " + STRANGER)
                        .response()
                        .status());
        assertEquals(204, http().get("/updates/?wait=1", "Origin: " + PAGE).status());
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aWorkersResponseThatNamesAnOriginItselfNamesOnlyOne(Container container) throws Exception {
        Headers headers = Headers.of(ALLOWED, "*", "Access-Control-Expose-Headers", "X-A", "X-A", "1");
        byte[] body = "kept".getBytes(StandardCharsets.UTF_8);
        Routes routes = new Routes().add("/kept", Map.of("GET", call -> call.hold(PATIENCE)
                .answer(new PassedResponse(200, headers, body))));
        CrossOrigin pages = new CrossOrigin(List.of(PAGE), false, "ETag");
        WaitLimits waits = new WaitLimits(PATIENCE, PATIENCE);
        try (Json json = new Json();
                Container.Running server = container.start(new FrontServlet(
                        routes, waits, new Backlog(1 << 20, json), json, TrustedProxies.NONE, pages))) {
            Http http = new Http(URI.create("http://127.0.0.1:" + server.port()));
            Response response = http.get("/kept", "Origin: " + PAGE);
            assertEquals("kept", response.body());
            assertEquals(PAGE, response.header(ALLOWED));
            assertEquals("ETag", response.header("Access-Control-Expose-Headers"));
            assertEquals("1", response.header("X-A"));
            assertEquals("*", http.get("/kept").header(ALLOWED));
        }
    }

    /** Tomcat would send nothing in place of a head that is longer than its limit, 8 KiB. */
    @Test
    void theHeadersForTheBrowserCountInTheHead() throws Exception {
        Headers headers = Headers.of("X-A", "a".repeat(7_000));
        OwnResponse own = OwnResponse.empty(200).with("X-A", "a".repeat(7_000));
        Routes routes = new Routes()
                .add("/held", Map.of("GET", call -> call.hold(PATIENCE)
                        .answer(new PassedResponse(200, headers, NOTHING))))
                .add("/stream", Map.of("GET", call -> call.hold(PATIENCE).stream(
                                new PassedResponse(200, headers, NOTHING))
                        .ifPresent(HeldStream::end)))
                .add("/own", Map.of("GET", call -> call.answer(own)));
        CrossOrigin pages = new CrossOrigin(List.of(PAGE), false, "X-" + "e".repeat(1_000));
        try (Json json = new Json();
                Container.Running server = Container.TOMCAT.start(new FrontServlet(
                        routes,
                        new WaitLimits(PATIENCE, PATIENCE),
                        new Backlog(1 << 20, json),
                        json,
                        TrustedProxies.NONE,
                        pages))) {
            Http http = new Http(URI.create("http://127.0.0.1:" + server.port()));
            for (String path : List.of("/held", "/stream", "/own")) {
                assertEquals(200, http.get(path).status(), path);
                Response together = http.get(path, "Origin: " + PAGE);
                assertEquals(path.equals("/own") ? 500 : 502, together.status(), together.toString());
                assertTrue(together.body().contains("at most 8192 bytes"), together.body());
                assertEquals(PAGE, together.header(ALLOWED));
            }
        }
    }

    @Test
    void anyOriginMayReadButNotWriteAndHasNoCredentials() {
        try (Members any = Members.start(1, Map.of("cors.origins", "*", "cors.expose", "ETag"))) {
            Http http = any.get(0).http();
            Response response = http.get("/channels/a/events?wait=0", "Origin: " + STRANGER);
            assertEquals("*", response.header(ALLOWED));
            assertEquals("", response.header("Access-Control-Allow-Credentials") + response.header("Vary"));
            assertEquals("ETag", response.header("Access-Control-Expose-Headers"));
            assertEquals(
                    403,
                    http.send("POST", "/channels/a/events", new byte[] {'x'}, "Origin: " + STRANGER)
                            .response()
                            .status());
            for (String path : List.of("/channels/a/events", "/channels/a", "/counter/value/", "/jobs/x")) {
                Response offered = http.send(
                                "OPTIONS", path, "Origin: " + STRANGER, "Access-Control-Request-Method: GET")
                        .response();
                assertEquals(204, offered.status());
                assertEquals("GET, HEAD, OPTIONS", offered.header("Access-Control-Allow-Methods"), path);
            }
        }
    }

    @Test
    void withoutTheSettingNothingIsAdded() {
        try (Members none = Members.start(1, Map.of())) {
            Response response = none.get(0).http().get("/counter/value/", "Origin: " + PAGE);
            assertEquals("", response.header(ALLOWED) + response.header("Vary"));
            Response options = none.get(0)
                    .http()
                    .send("OPTIONS", "/counter/value/", "Origin: " + PAGE, "Access-Control-Request-Method: POST")
                    .response();
            assertEquals(204, options.status());
            assertEquals("", options.header(ALLOWED) + options.header("Access-Control-Allow-Methods"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "page.example",
                "https://page.example/",
                "https://*.example",
                "*,https://a.example",
                "null",
                "https://A.example"
            })
    void whatIsNoOriginIsAFault(String origins) {
        assertThrows(SettingsException.class, () -> Members.start(1, Map.of("cors.origins", origins)));
    }

    @Test
    void credentialsForAnyOriginAreAFault() {
        SettingsException fault = assertThrows(
                SettingsException.class,
                () -> Members.start(1, Map.of("cors.origins", "*", "cors.credentials", "true")));
        assertTrue(String.valueOf(fault.getMessage()).contains("cors.credentials"), fault.getMessage());
    }
}
