// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What all that a client does shares.
 *
 * @param http the JDK's client
 * @param pool where turns run
 * @param surroundings time and chance
 * @param authorization the header for every request; null if there is none
 */
record Connection(
        HttpClient http,
        Executor pool,
        Surroundings surroundings,
        @Nullable String authorization) {
    /** How much longer than the server is to hold, its jitter included, a request is waited for. */
    static final Duration GRACE = Duration.ofSeconds(10);

    /** How many bytes an answer may have where nothing else is said. */
    static final int LONGEST = 16 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    static Connection of(Executor pool, Surroundings surroundings, @Nullable String authorization) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .executor(pool)
                .build();
        return new Connection(http, pool, surroundings, authorization);
    }

    static String basic(String name, String password) {
        byte[] both = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (authorization != null) request.header("Authorization", authorization);
        return request;
    }

    Exchange exchange(Executor turns, Duration patience, Exchange.Reader reader) {
        return new Exchange(http, surroundings.timer(), turns, patience, reader);
    }

    /** How long the server asks to be left alone. */
    Duration retryAfter(Head head) {
        return head.retryAfter(surroundings.wall().instant());
    }

    /** The record's own would show the authorization. */
    @Override
    public String toString() {
        return "Connection";
    }
}
