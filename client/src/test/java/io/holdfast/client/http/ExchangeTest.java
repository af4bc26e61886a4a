// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import static io.holdfast.client.testing.ScriptedServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ManualTime;
import io.holdfast.client.testing.ScriptedServer;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final ScriptedServer server = new ScriptedServer();
    private final SlowToComplete http = new SlowToComplete(HttpClient.newHttpClient());
    private final Executor pool = Transport.newPool();
    private final SerialQueue turns = new SerialQueue(pool, error -> {});
    private final CompletableFuture<String> outcome = new CompletableFuture<>();

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    /** The JDK's client, which may complete an exchange long after its last byte. */
    private static final class SlowToComplete extends HttpClient {
        private final HttpClient client;
        final CompletableFuture<HttpResponse<?>> completion = new CompletableFuture<>();

        SlowToComplete(HttpClient client) {
            this.client = client;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
            var unused = client.sendAsync(request, handler);
            return (CompletableFuture) completion;
        }

        @Override
        public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
                throws IOException, InterruptedException {
            return client.send(request, handler);
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
            return client.sendAsync(request, handler, pushes);
        }

        @Override
        public Optional<CookieHandler> cookieHandler() {
            return client.cookieHandler();
        }

        @Override
        public Optional<Duration> connectTimeout() {
            return client.connectTimeout();
        }

        @Override
        public Redirect followRedirects() {
            return client.followRedirects();
        }

        @Override
        public Optional<ProxySelector> proxy() {
            return client.proxy();
        }

        @Override
        public SSLContext sslContext() {
            return client.sslContext();
        }

        @Override
        public SSLParameters sslParameters() {
            return client.sslParameters();
        }

        @Override
        public Optional<Authenticator> authenticator() {
            return client.authenticator();
        }

        @Override
        public Version version() {
            return client.version();
        }

        @Override
        public Optional<Executor> executor() {
            return client.executor();
        }
    }

    /** Reads so many bytes, and then no more. */
    private final class Reading implements Exchange.Reader {
        private int wanted;

        Reading(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public void onHead(ResponseHead head) {}

        @Override
        public boolean onPiece(ByteBuffer piece) {
            wanted -= piece.remaining();
            return wanted > 0;
        }

        @Override
        public void onEnd() {
            outcome.complete("ended");
        }

        @Override
        public void onFailure(Exception cause) {
            outcome.completeExceptionally(cause);
        }
    }

    private void ask(int wanted) throws Exception {
        Exchange exchange = new Exchange(
                http, new ManualTime().clocks(FixedRandom.MOST), turns, Duration.ofSeconds(1), new Reading(wanted));
        turns.execute(() -> exchange.send(HttpRequest.newBuilder(server.uri()).build()));
        assertEquals("ended", outcome.get(60, TimeUnit.SECONDS));
    }

    /** The JDK gives the connection to the next exchange, but would still close it on a cancellation of this one. */
    @Test
    void aCompleteAnswerIsNotCancelled() throws Exception {
        server.then(answer(200, "", "whole"));

        ask(99);

        assertFalse(http.completion.isCancelled());
    }

    @Test
    void anAnswerIsCancelledIfItsReaderWantsNoMore() throws Exception {
        server.then(ScriptedServer.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart", true));

        ask(3);

        assertTrue(http.completion.isCancelled());
    }
}
