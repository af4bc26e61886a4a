// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real browser follows channels while members are killed, or restarted in good order. */
class BrowserIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** The page of the documentation. It reconnects by itself, because a browser gives up when a reconnect is answered with an error. */
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>follow</title><script>
            let last = 'earliest';
            function follow() {
              const source = new EventSource('%s?after=' + last);
              source.onmessage = event => {
                last = event.lastEventId;
                fetch('/seen', {method: 'POST', body: event.data});
              };
              source.addEventListener('gap', event => fetch('/seen', {method: 'POST', body: 'gap ' + event.data}));
              source.onopen = () => fetch('/opened', {method: 'POST'});
              source.onerror = () => {
                if (source.readyState === EventSource.CLOSED) setTimeout(follow, 500 + 1000 * Math.random());
              };
            }
            follow();
            </script>""";

    /** Nothing but sources, as most pages have them: a source that is closed stays closed. */
    private static final String SOURCES = """
            <!doctype html><meta charset="utf-8"><title>sources</title><script>
            for (const name of ['k0', 'k1', 'k2', 'k3', 'k4']) {
              const tell = (where, what) => fetch(where, {method: 'POST', body: name + ' ' + what});
              const source = new EventSource('%s/channels/' + name + '/events');
              source.onmessage = event => tell('/seen', event.data);
              source.addEventListener('gap', event => tell('/seen', 'gap ' + event.data));
              source.addEventListener('last-event-id', event => tell('/opened', 'placed'));
              source.onopen = () => tell('/opened', 'opened');
              source.onerror = () => { if (source.readyState === EventSource.CLOSED) tell('/seen', 'closed'); };
            }
            </script>""";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final List<String> NAMES = List.of("k0", "k1", "k2", "k3", "k4");

    /** The port of the pages, which are of another origin than the channels. */
    private static final int PAGES = Ports.free();

    private static Trio trio;

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<String> opened = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() {
        trio = new Trio("browser", "access.publish=anyone", "cors.origins=http://127.0.0.1:" + PAGES);
    }

    @AfterAll
    static void stop() {
        if (trio != null) trio.close();
    }

    @Test
    void sourcesComeBackAndLoseNothingWhenTheirMemberIsRestarted() throws Exception {
        Member theirs = trio.members().get(0), other = trio.members().get(1);
        HttpServer pages = serve(SOURCES.formatted(theirs.uri("")));
        String page = "http://127.0.0.1:" + PAGES + "/";
        try (Spawned browser = Spawned.start("chromium-sources", chromium(page), Map.of())) {
            for (String name : NAMES)
                await(name + " has its place").atMost(PATIENCE).until(() -> opened.contains(name + " placed"));
            int rounds = 0;
            for (Runnable end : List.<Runnable>of(theirs::stop, theirs::kill)) {
                publishRound(other, rounds++);
                end.run();
                publishRound(other, rounds++);
                theirs.restart();
                trio.awaitAll();
                publishRound(other, rounds++);
                int all = rounds * NAMES.size();
                await("all have seen all")
                        .atMost(PATIENCE)
                        .until(() -> List.copyOf(seen).stream().distinct().count() >= all);
            }
            List<String> wanted = new ArrayList<>();
            for (String name : NAMES) for (int i = 0; i < rounds; i++) wanted.add(name + " round " + i);
            assertEquals(
                    wanted,
                    List.copyOf(seen).stream().sorted().toList(),
                    "each event once, no gap, and no source is closed");
            for (String name : NAMES)
                assertTrue(
                        List.copyOf(opened).stream()
                                        .filter((name + " opened")::equals)
                                        .count()
                                >= 3,
                        () -> name + " came back twice: " + opened);
            assertTrue(browser.isAlive(), browser.log());
        } finally {
            pages.stop(0);
        }
    }

    private static void publishRound(Member member, int round) {
        for (String name : NAMES) publish(member.uri("/channels/" + name + "/events"), "round " + round);
    }

    @Test
    void aBrowserThatFollowsAChannelResumesWithoutLossWhenItsMemberIsKilled() throws Exception {
        try (Balancer balancer = Balancer.haproxy(trio.members())) {
            URI events = balancer.uri("/channels/browser/events");
            HttpServer pages = serve(PAGE.formatted(events));
            String page = "http://127.0.0.1:" + PAGES + "/";
            try (Spawned browser = Spawned.start("chromium", chromium(page), Map.of())) {
                await("the browser follows").atMost(PATIENCE).until(() -> !opened.isEmpty());
                List<String> published = new ArrayList<>();
                for (Member victim : trio.members()) {
                    publish(events, published, 40);
                    CompletableFuture<Void> meanwhile = CompletableFuture.runAsync(victim::kill);
                    publish(events, published, 40);
                    meanwhile.join();
                    victim.restart();
                    trio.awaitAll();
                }
                publish(events, published, 20);
                await("it has seen all")
                        .atMost(PATIENCE)
                        .untilAsserted(() -> assertEquals(
                                published.size(),
                                List.copyOf(seen).stream().distinct().count()));
                assertEquals(published, sorted(), "each once, and no gap");
                assertTrue(opened.size() > 1, "it came back at least once");
                System.out.println("FIGURES browser: events=" + seen.size() + " connections=" + opened.size());
                assertTrue(browser.isAlive(), browser.log());
            } finally {
                pages.stop(0);
            }
        }
    }

    /** The events that the page has got, each as often as it got it. Reports may overtake each other on their way here. */
    private List<String> sorted() {
        return List.copyOf(seen).stream()
                .sorted((a, b) -> Integer.compare(number(a), number(b)))
                .toList();
    }

    private static int number(String event) {
        return event.startsWith("event ") ? Integer.parseInt(event.substring(6)) : -1;
    }

    private static void publish(URI events, List<String> published, int count) {
        IntStream.range(0, count).forEach(i -> {
            String data = "event " + published.size();
            publish(events, data);
            published.add(data);
        });
    }

    private static void publish(URI events, String data) {
        HttpRequest request = HttpRequest.newBuilder(events)
                .header("Content-Type", "text/plain")
                .header("Idempotency-Key", data.replace(' ', '-'))
                .timeout(Duration.ofSeconds(15))
                .POST(HttpRequest.BodyPublishers.ofString(data))
                .build();
        await("it is published")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> CLIENT.send(request, BodyHandlers.discarding()).statusCode() == 201);
    }

    private HttpServer serve(String page) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PAGES), 0);
        server.createContext("/", exchange -> answer(exchange, "text/html", page));
        server.createContext("/seen", exchange -> {
            seen.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, "text/plain", "");
        });
        server.createContext("/opened", exchange -> {
            opened.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, "text/plain", "");
        });
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
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
                "--user-data-dir=" + Spawned.folder("chromium-" + UUID.randomUUID()),
                page);
    }
}
