// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/**
 * A real browser shows a page of another site. By each way that a page has, it asks a member that is known by a plain name over HTTP.
 * There, the browser sends no {@code Sec-Fetch-Site}.
 */
class DriveByIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>drive-by</title><body><script>
            const member = '%s';
            const paths = ['/updates/?wait=0', '/cameras/door/updates/?wait=0', '/workers/q/next?wait=0'];
            const pending = [];
            function add(name, attributes) {
              const element = document.createElement(name);
              for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
              pending.push(new Promise(done => element.onload = element.onerror = done));
              document.body.append(element);
            }
            for (const path of paths)
              for (const referrerpolicy of ['no-referrer', 'unsafe-url']) {
                const src = member + path + '&' + referrerpolicy;
                for (const name of ['img', 'script', 'iframe']) add(name, {src, referrerpolicy});
                add('link', {rel: 'stylesheet', href: src, referrerpolicy});
                pending.push(fetch(src, {mode: 'no-cors', referrerPolicy: referrerpolicy, credentials: 'include',
                                         headers: {Accept: 'x/y', 'Accept-Language': 'x'}}));
              }
            for (const path of ['/counter/value/', '/counters/visits/value/', '/work/q/x'])
              for (const referrerPolicy of ['no-referrer', 'unsafe-url'])
                pending.push(fetch(member + path, {method: 'POST', mode: 'no-cors', referrerPolicy, body: 'x'}));
            add('iframe', {name: 'form'});
            const form = document.createElement('form');
            Object.assign(form, {method: 'POST', action: member + '/counter/value/', target: 'form'});
            document.body.append(form);
            form.submit();
            Promise.allSettled(pending).then(() => fetch('/done', {method: 'POST'}));
            </script>""";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String get(URI uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri)).body();
    }

    @Test
    void aPageOfAnotherSiteTakesNoWorkPlaysNoCameraAndCountsNothing() throws Exception {
        HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (Member member = Member.alone("drive-by", "access.worker=anyone")) {
            member.awaitReady(1, PATIENCE);
            HttpResponse<String> job = send(HttpRequest.newBuilder(member.uri("/work/q/x"))
                    .header("Prefer", "respond-async")
                    .POST(BodyPublishers.ofString("job")));
            assertEquals(202, job.statusCode());
            serve(pages, "http://hold.test:" + member.port());
            String page = "http://page.test:" + pages.getAddress().getPort() + "/";
            try (Spawned browser = Spawned.start("chromium-drive-by", chromium(page), Map.of())) {
                await("the page has asked by each way").atMost(PATIENCE).until(() -> asked.contains("/done"));
                assertTrue(browser.isAlive(), browser.log());
            }

            String shown = get(member.uri(job.headers().firstValue("Location").orElseThrow()));
            assertTrue(shown.contains("\"state\":\"queued\"") && shown.contains("\"attempts\":0"), shown);
            assertTrue(shown.contains("\"position\":0"), "no other request waits: " + shown);
            assertEquals("0\n", get(member.uri("/counter/value/")));
            assertEquals("0\n", get(member.uri("/counters/visits/value/")));
            String metrics = get(member.uri("/metrics"));
            assertTrue(metrics.contains("holdfast_work_requests 1.0\n"), metrics);
        } finally {
            pages.stop(0);
        }
    }

    private void serve(HttpServer pages, String member) {
        byte[] page = PAGE.formatted(member).getBytes(StandardCharsets.UTF_8);
        pages.createContext("/", exchange -> {
            try (exchange) {
                asked.add(exchange.getRequestURI().getPath());
                exchange.getResponseHeaders().set("Content-Type", "text/html");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        pages.start();
    }

    private static List<String> chromium(String page) {
        return List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP *.test 127.0.0.1",
                "--user-data-dir=" + Spawned.folder("chromium-drive-by"),
                page);
    }
}
