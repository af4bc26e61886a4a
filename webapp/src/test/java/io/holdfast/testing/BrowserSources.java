// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The {@code EventSource} of a real browser, one for each channel, on a page of another origin. The page does nothing to bring a source
 * back: one that the browser closes stays closed, as on most pages.
 */
final class BrowserSources implements AutoCloseable {
    /** The page tells four times a second, in one request, what has happened, so that the browser has time for its sources. */
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>sources</title><script>
            const told = [];
            setInterval(() => {
              if (told.length) fetch('/told', {method: 'POST', body: told.splice(0).join('\\n')});
            }, 250);
            for (const name of [%s]) {
              const source = new EventSource('%s/channels/' + name + '/events');
              source.onmessage = event => told.push('event ' + name + ' ' + event.data);
              source.addEventListener('gap', event => told.push('closed ' + name + ' gap ' + event.data));
              source.addEventListener('last-event-id', () => told.push('placed ' + name));
              source.onopen = () => told.push('opened ' + name);
              source.onerror = () => { if (source.readyState === EventSource.CLOSED) told.push('closed ' + name); };
            }
            </script>""";

    private final List<String> channels;
    private final Map<String, Set<String>> events = new ConcurrentHashMap<>();
    private final Set<String> placed = ConcurrentHashMap.newKeySet();
    private final Queue<String> opened = new ConcurrentLinkedQueue<>(), closed = new ConcurrentLinkedQueue<>();
    private final HttpServer pages;
    private final Process browser;

    /**
     * Opens them.
     *
     * @param server the application, without a slash at the end
     * @param port of the page, whose origin the application must allow
     */
    BrowserSources(URI server, int port, List<String> channels) throws IOException {
        this.channels = channels;
        for (String channel : channels) events.put(channel, ConcurrentHashMap.newKeySet());
        String names = channels.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        String page = PAGE.formatted(names, server);
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        pages.createContext("/", exchange -> answer(exchange, page));
        pages.createContext("/told", exchange -> {
            new String(exchange.getRequestBody().readAllBytes(), UTF_8).lines().forEach(this::take);
            answer(exchange, "");
        });
        pages.start();
        Path folder = Files.createTempDirectory("chromium");
        List<String> command = new ArrayList<>(List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder,
                "http://127.0.0.1:" + port + "/"));
        browser = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("chromium.log").toFile())
                .start();
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void take(String line) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "event" -> events.get(words[1]).add(words[2]);
            case "placed" -> placed.add(words[1]);
            case "opened" -> opened.add(words[1]);
            default -> closed.add("browser: " + line);
        }
    }

    /** Whether each source has its place in its channel, so that it gets all that is published from now on. */
    boolean areOpen() {
        return placed.containsAll(channels);
    }

    /** The data of the events of that channel. */
    Set<String> events(String channel) {
        return events.getOrDefault(channel, Set.of());
    }

    /** How often sources were opened, the first time included. */
    int opened() {
        return opened.size();
    }

    /** The sources that the browser has given up, and those that were told of a gap; also a browser that has ended. */
    List<String> closed() {
        return browser.isAlive() ? List.copyOf(closed) : List.of("the browser has ended");
    }

    @Override
    public void close() {
        browser.descendants().forEach(ProcessHandle::destroyForcibly);
        browser.destroyForcibly();
        browser.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        pages.stop(0);
    }
}
