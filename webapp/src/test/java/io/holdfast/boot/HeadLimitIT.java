// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.Settings;
import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Origin;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A head that is longer than Tomcat sends is told to everybody concerned. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeadLimitIT {
    private static final int LIMIT = 2048, WORKERS = Ports.free();
    private static final String LONG = "X-Long: " + "x".repeat(2_500) + "\r\n",
            SHORT = "X-Short: " + "x".repeat(1_500) + "\r\n";

    private @Nullable Origin backend;
    private @Nullable Holdfast holdfast;
    private @Nullable Tomcat tomcat;
    private Http http = new Http(URI.create("http://127.0.0.1:1"));

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        backend = Origin.that((asked, out) -> {
            String path = asked.line().split(" ", -1)[1];
            String headers = path.contains("long") ? LONG : path.contains("short") ? SHORT : "";
            if (path.contains("hold"))
                headers += "Grip-Hold: response\r\nGrip-Channel: " + path.substring(path.lastIndexOf('/') + 1) + "\r\n";
            if (path.contains("stream"))
                Origin.write(
                        out, "HTTP/1.1 200 OK\r\n" + headers + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
            else Origin.write(out, Origin.answer(200, headers, "body"));
        });
        Path routes = Files.write(folder.resolve("routes"), List.of("*,path_beg=/b/ 127.0.0.1:" + backend.port()));
        String cluster = Integer.toString(Ports.free());
        Properties properties = new Properties();
        properties.setProperty("holdfast.cluster.port", cluster);
        properties.setProperty("holdfast.proxy.routes", routes.toString());
        properties.setProperty("holdfast.work.port", Integer.toString(WORKERS));
        holdfast = Holdfast.open(
                Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty()), "/h" + cluster);
        tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector()
                .setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        tomcat.getConnector().setProperty("maxHttpResponseHeaderSize", Integer.toString(LIMIT));
        Wrapper front = Tomcat.addServlet(tomcat.addContext("", folder.toString()), "front", holdfast.servlet());
        front.setAsyncSupported(true);
        front.addMapping("/");
        tomcat.start();
        http = new Http(URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort()));
    }

    @AfterAll
    void stop() throws Exception {
        Objects.requireNonNull(holdfast).close();
        Objects.requireNonNull(tomcat).stop();
        tomcat.destroy();
        Objects.requireNonNull(backend).close();
    }

    private static void assertTooLong(Response response) {
        assertEquals(502, response.status(), response.toString());
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertTrue(
                response.body().contains("\"outcome\":\"unknown\"")
                        && response.body().contains("\"field\":\"head\"")
                        && response.body().contains("2048 bytes"),
                response.body());
    }

    @Test
    void aHeadOfABackendIsPassedOnOrTheClientIsTold() {
        assertTooLong(http.get("/b/long"));
        assertTooLong(http.get("/b/long-stream"));
        assertEquals("body", http.get("/b/short").body());
        assertEquals("x", http.get("/b/short-stream").body());
    }

    @Test
    void aHeadOfAWorkerIsPassedOnOrTheClientIsTold() {
        Exchange asking = http.send("GET", "/work/default/x");
        DialledIn.to(WORKERS).serveOnce(Origin.answer(200, LONG, "body"));

        assertTooLong(asking.response());

        Exchange again = http.send("GET", "/work/default/x");
        DialledIn.to(WORKERS).serveOnce(Origin.answer(200, SHORT, "body"));

        assertEquals("body", again.response().body());
    }

    @Test
    void aWorkerThatAsksIsToldThatItsHeadIsTooLong() {
        for (String headers : List.of(LONG, SHORT)) {
            Exchange asking = http.send("GET", "/work/pull/x");
            Response given = http.get("/workers/pull/next?wait=20");
            String at = given.header("Location") + "/response?token=" + given.header("Work-Token");

            Response told = http.send(
                            "POST", at, "body".getBytes(StandardCharsets.UTF_8), "Work-Header: " + headers.strip())
                    .response();

            assertEquals(headers.equals(LONG) ? 409 : 204, told.status(), told.toString());
            if (headers.equals(SHORT)) assertEquals("body", asking.response().body());
            else {
                assertTrue(told.body().contains("head of the response is longer"), told.body());
                assertTooLong(asking.response());
            }
        }
    }

    @Test
    void aPublisherIsToldThatItsHeadIsTooLong() throws IOException {
        Exchange held = http.send("GET", "/b/hold");

        Response refused = publish("hold", LONG), taken = publish("hold", SHORT);

        assertEquals(400, refused.status(), refused.toString());
        assertTrue(refused.body().contains("longer than this server sends"), refused.body());
        // Each of these characters takes two bytes.
        assertEquals(400, publish("hold", "X-Long: " + "\u00e4".repeat(1_000)).status());
        assertEquals(200, taken.status(), taken.toString());
        // It may have been published before the request was held.
        await().until(() -> publish("hold", SHORT).status() == 200 && held.isAnswered());
        assertEquals("released", held.response().body());
    }

    private Response publish(String channel, String headers) {
        String[] pair = headers.strip().split(": ", 2);
        String item = "{\"items\":[{\"channel\":\"" + channel + "\",\"formats\":{\"http-response\":{\"headers\":{\""
                + pair[0] + "\":\"" + pair[1] + "\"},\"body\":\"released\"}}}]}";
        return http.send("POST", "/publish/", item.getBytes(StandardCharsets.UTF_8), "Content-Type: application/json")
                .response();
    }

    @Test
    void aHeadOfAHoldAndOfWhatReleasesItMayBeTooLongTogether() {
        Exchange held = http.send("GET", "/b/hold-short");

        String other = SHORT.replace("X-Short", "X-Other");
        await().until(() -> publish("hold-short", other).status() == 200 && held.isAnswered());

        assertTooLong(held.response());
    }
}
