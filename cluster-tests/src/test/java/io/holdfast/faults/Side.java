// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One of two proxies that are compared.
 *
 * @param name the name of the proxy
 * @param port the port for clients
 * @param control the port for publishers
 * @param origin its backend, which answers like the other's
 */
record Side(String name, int port, int control, Script origin) {
    private static final String PLAIN = "plain.test";

    /** Sends a request for the route without {@code debug}. Header lines end with a line feed. */
    Raw.Message ask(String method, String path, String headers, String body) throws IOException {
        return ask(PLAIN, method, path, headers, body);
    }

    Raw.Message ask(String host, String method, String path, String headers, String body) throws IOException {
        return exchange(method, request(host, method, path, headers, body));
    }

    /** The response to these very bytes. */
    Raw.Message exchange(String method, String request) throws IOException {
        try (Raw raw = Raw.to(port).send(request)) {
            return raw.response(method);
        }
    }

    Raw.Message get(String path) throws IOException {
        return ask("GET", path, "", "");
    }

    /** Sends a request whose response is awaited later. */
    Raw open(String path) throws IOException {
        return Raw.to(port).send(request(PLAIN, "GET", path, "", ""));
    }

    private static String request(String host, String method, String path, String headers, String body) {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\n";
        return (method + " " + path + " HTTP/1.1\nHost: " + host + "\n" + headers + length + "\n").replace("\n", "\r\n")
                + body;
    }

    /** Sends a request to the control port. */
    Raw.Message control(String method, String path, String headers, String body) throws IOException {
        try (Raw raw = Raw.to(control).send(request("localhost:" + control, method, path, headers, body))) {
            return raw.response(method);
        }
    }

    Raw.Message publish(String body) throws IOException {
        return control("POST", "/publish/", "Content-Type: application/json\n", body);
    }

    /** Publishes one item. */
    void item(String channel, String more) throws IOException {
        Raw.Message reply = publish("{\"items\":[{\"channel\":\"" + channel + "\"," + more + "}]}");
        if (!reply.body().equals("Published\n")) throw new AssertionError(name + ": " + reply);
    }

    /** The response to a held request, while these items are published until it arrives. */
    Raw.Message released(String path, String channel, String... items) throws IOException {
        return releasedAt(PLAIN, path, channel, items);
    }

    Raw.Message releasedAt(String host, String path, String channel, String... items) throws IOException {
        try (Raw held = Raw.to(port).send(request(host, "GET", path, "", ""))) {
            untilAsked(path.split("\\?", 2)[0], 1);
            // No event marks the moment when the instruction is in effect. The first item for the request ends it.
            for (int i = 0; i < 40 && !held.hasAnswer(); i++) {
                Pause.of(Duration.ofMillis(150));
                for (String item : items) item(channel, item);
                Pause.of(Duration.ofMillis(150));
            }
            return held.response("GET");
        }
    }

    void untilAsked(String path, int times) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> origin.asked(path).size() >= times);
    }

    List<Raw.Message> asked(String path) {
        return origin.asked(path);
    }
}
