// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static io.holdfast.testing.Origin.answer;
import static io.holdfast.testing.Origin.write;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Origin;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proxy's own answers show whether a backend may have performed the request. */
@Timeout(60)
class ProxyOutcomesIT {
    @TempDir
    private Path folder;

    private final List<Origin> origins = new ArrayList<>();
    private final CountDownLatch busy = new CountDownLatch(1);
    private ProxyUnderTest proxy;
    private Http http;

    @BeforeEach
    void start() throws Exception {
        Origin dying = origin((asked, out) -> {
            throw new IOException("dies");
        });
        Origin malformed = origin((asked, out) -> write(out, "SSH-2.0-OpenSSH_9.2\r\n\r\n"));
        Origin unsound = origin((asked, out) -> write(out, "HTTP/1.1 200 OK\r\nX A: b\r\n\r\n"));
        Origin silent = origin((asked, out) -> await().until(() -> busy.getCount() == 0));
        AtomicReference<Origin> leaving = new AtomicReference<>();
        leaving.set(origin((asked, out) -> leaving.get().leave()));
        Origin one = origin((asked, out) -> {
            await().until(() -> busy.getCount() == 0);
            write(out, answer(200, "", "one"));
        });
        proxy = new ProxyUnderTest(
                Container.UNDERTOW,
                folder,
                "*,path_beg=/refused/ 127.0.0.1:" + Ports.free(),
                "*,path_beg=/away/ 127.0.0.1:" + Ports.free() + ",try_duration=0.3,try_interval=0.05",
                "*,path_beg=/dying/ " + target(dying),
                "*,path_beg=/dying-again/ " + target(dying) + ",try_duration=0.3,try_interval=0.05",
                "*,path_beg=/malformed/ " + target(malformed),
                "*,path_beg=/unsound/ " + target(unsound),
                "*,path_beg=/silent/ " + target(silent) + ",timeout=0.3",
                "*,path_beg=/leaving/ " + target(leaving.get()) + ",try_duration=0.5,try_interval=0.05",
                "*,path_beg=/busy/ " + target(one) + ",concurrency=1,try_duration=0.3",
                "*,path_beg=/full/ " + target(one) + ",concurrency=1,max_waiting=0,try_duration=30");
        http = proxy.http();
    }

    @AfterEach
    void stop() throws IOException {
        busy.countDown();
        proxy.close();
        for (Origin origin : origins) origin.leave();
    }

    private Origin origin(Origin.Behaviour behaviour) throws IOException {
        Origin origin = Origin.that(behaviour);
        origins.add(origin);
        return origin;
    }

    private static String target(Origin origin) {
        return "127.0.0.1:" + origin.port();
    }

    @ParameterizedTest
    @CsvSource({
        "refused, GET, 502, none",
        "refused, POST, 502, none",
        "away, GET, 502, none",
        "unknown, GET, 502, none",
        "dying, GET, 502, unknown",
        "dying, POST, 502, unknown",
        "dying-again, GET, 502, unknown",
        "dying-again, POST, 502, unknown",
        "malformed, GET, 502, unknown",
        "unsound, GET, 502, unknown",
        "silent, GET, 504, unknown",
        "leaving, GET, 502, unknown",
        "leaving, HEAD, 502, unknown"
    })
    void everyFailureShowsItsOutcome(String host, String method, int status, String outcome) {
        shows(ask(method, host), status, outcome);
        Response json = ask(method, host, "Accept: application/problem+json");
        shows(json, status, outcome(host, outcome));
        assertEquals("application/problem+json", json.header("Content-Type"));
        if (!method.equals("HEAD"))
            assertTrue(json.body().contains("\"outcome\":\"" + outcome(host, outcome) + "\""), json.body());
    }

    /** It has left for the first request, so that the second does not reach it. */
    private static String outcome(String host, String first) {
        return host.equals("leaving") ? "none" : first;
    }

    private Response ask(String method, String host, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        if (method.equals("POST")) all.add("Content-Length: 0");
        return http.send(method, "/" + host + "/", all.toArray(String[]::new)).response();
    }

    private static void shows(Response response, int status, String outcome) {
        assertEquals(status, response.status(), response.toString());
        assertEquals(outcome, response.header("Holdfast-Outcome"), response.toString());
        boolean isText = response.header("Content-Type").startsWith("text/plain");
        if (isText) assertEquals(502, status);
        else assertEquals("application/problem+json", response.header("Content-Type"));
    }

    /** Requests that only wait were not begun. */
    @Test
    void waitingIsNotBeginning() {
        Http.Exchange first = http.send("GET", "/busy/");
        Origin one = origins.get(origins.size() - 1);
        await().until(() -> one.asked().size() == 1);

        shows(ask("POST", "busy"), 504, "none");
        Response full = ask("POST", "full");
        shows(full, 503, "none");
        assertEquals("1", full.header("Retry-After"));
        busy.countDown();
        assertEquals(200, first.response().status());
    }

    @Test
    void pushpinsWordsStayATextForThoseWhoDoNotAskForJson() {
        Response told = ask("GET", "dying", "Accept: text/html, */*");

        assertEquals("Error while proxying to origin.\n", told.body());
        assertEquals("text/plain", told.header("Content-Type").split(";", 2)[0]);
    }
}
