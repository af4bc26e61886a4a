// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

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

/** One request and its answer, for which the thread that asks waits. */
final class Asked {
    private static final int EXPLANATION = 64 * 1024;

    private final Timer timer;
    private final Duration patience;
    private final LongSupplier signs;
    private final CompletableFuture<HttpResponse<InputStream>> sent;
    private volatile Timer.Scheduled watch = () -> {};
    private volatile boolean late, cancelled;

    /**
     * Sends it.
     *
     * @param patience how long the server may be silent without a sign
     * @param signs grows with each sign that it takes what is sent
     */
    Asked(Connection connection, HttpRequest request, Duration patience, LongSupplier signs) {
        this.timer = connection.surroundings().timer();
        this.patience = patience;
        this.signs = signs;
        this.sent = connection.http().sendAsync(request, BodyHandlers.ofInputStream());
        arm(signs.getAsLong());
    }

    private void arm(long seen) {
        watch = timer.after(patience, () -> look(seen));
        if (sent.isDone()) watch.cancel();
    }

    private void look(long seen) {
        long now = signs.getAsLong();
        if (now != seen) {
            arm(now);
            return;
        }
        late = true;
        sent.cancel(true);
    }

    /** Does not wait for it any more. */
    void cancel() {
        cancelled = true;
        sent.cancel(true);
    }

    /**
     * Its answer.
     *
     * @throws CancellationException if it was cancelled
     */
    HttpResponse<InputStream> answer() throws IOException {
        try {
            return sent.join();
        } catch (CancellationException | CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (late) throw new IOException("The server was silent for " + Phrase.seconds(patience) + ".", e);
            if (cancelled) throw new CancellationException();
            throw cause instanceof IOException io ? io : new IOException(Phrase.of(cause), cause);
        } finally {
            watch.cancel();
        }
    }

    static Head head(HttpResponse<InputStream> answer) {
        return new Head(answer.statusCode(), answer.headers());
    }

    /** The beginning of its body, which explains it. */
    static byte[] explanation(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            return body.readNBytes(EXPLANATION);
        }
    }
}
