// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.time.Clocks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The means that all activities of a client share.
 *
 * @param http the JDK's client
 * @param pool runs the turns
 * @param clocks time and chance
 * @param authorization the header {@code Authorization} of every request; null if there is none
 */
public record Transport(
        HttpClient http,
        Executor pool,
        Clocks clocks,
        @Nullable String authorization) {
    /** How much longer than the server may hold a request, its jitter included, this client waits for the answer. */
    public static final Duration GRACE = Duration.ofSeconds(10);

    /** The most bytes of an answer, unless the caller sets another limit. */
    public static final int LONGEST = 16 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final AtomicInteger THREADS = new AtomicInteger();
    private static final int IDLE_SECONDS = 10;

    public static Transport of(Executor pool, Clocks clocks, @Nullable String authorization) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .executor(pool)
                .build();
        return new Transport(http, pool, clocks, authorization);
    }

    /** A pool of daemon threads, as many as there is work at a time. */
    public static ExecutorService newPool() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "holdfast-client-" + THREADS.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The header {@code Authorization} of HTTP Basic (RFC 7617). */
    public static String basic(String name, String password) {
        byte[] both = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    public HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (authorization != null) request.header("Authorization", authorization);
        return request;
    }

    /** A request whose answer must be JSON. */
    public HttpRequest.Builder jsonRequest(URI uri) {
        return request(uri).header("Accept", "application/json");
    }

    Exchange exchange(Executor turns, Duration patience, Exchange.Reader reader) {
        return new Exchange(http, clocks, turns, patience, reader);
    }

    /** The pause that the server asks for; zero if it asks for none. */
    public Duration retryAfter(ResponseHead head) {
        return head.retryAfter(clocks.wall().instant());
    }

    /** Unlike the record's own, it does not show the authorization. */
    @Override
    public String toString() {
        return "Transport";
    }
}
