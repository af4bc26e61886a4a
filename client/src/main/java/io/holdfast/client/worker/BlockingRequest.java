// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.StallWatch;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;

/** A request for whose answer a thread waits. */
final class BlockingRequest {
    private static final int EXPLANATION = 64 * 1024;

    private final LongSupplier signs;
    private final StallWatch watch;
    private final CompletableFuture<HttpResponse<InputStream>> sent;
    private long seen; // by the watch only, once it has started
    private volatile boolean isLate, isCancelled;

    /**
     * Sends the request.
     *
     * @param patience the time for which the server may be silent
     * @param signs a number that grows with each sign that the server takes the body
     */
    BlockingRequest(Transport transport, HttpRequest request, Duration patience, LongSupplier signs) {
        this.signs = signs;
        this.watch = new StallWatch(transport.clocks().alarm(), patience, Runnable::run, this::onStall);
        this.sent = transport.http().sendAsync(request, BodyHandlers.ofInputStream());
        this.seen = signs.getAsLong();
        watch.onSign();
    }

    private void onStall() {
        long now = signs.getAsLong();
        if (now != seen) {
            seen = now;
            watch.onSign();
            return;
        }
        isLate = true;
        sent.cancel(true);
    }

    /** Ends the wait. */
    void cancel() {
        isCancelled = true;
        sent.cancel(true);
    }

    /**
     * Waits for the answer.
     *
     * @throws CancellationException if the request was cancelled
     */
    HttpResponse<InputStream> answer() throws IOException {
        try {
            return sent.join();
        } catch (CancellationException | CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (isLate) throw watch.stalled();
            if (isCancelled) throw new CancellationException();
            throw cause instanceof IOException io ? io : new IOException(Wording.of(cause), cause);
        } finally {
            watch.close();
        }
    }

    static ResponseHead head(HttpResponse<InputStream> answer) {
        return new ResponseHead(answer.statusCode(), answer.headers());
    }

    /** The first 64 KiB of the body, which explain an answer that is not a success. */
    static byte[] explanation(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return body.readNBytes(EXPLANATION);
        }
    }
}
