// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, redirects within the origin included. Its reader is told in turns of the executor that is given, until
 * the exchange has ended or is abandoned; the next piece of the answer is asked for when the one before was read.
 */
final class Exchange {
    private static final int MOST_REDIRECTS = 5;

    /** Whom an exchange tells. Either {@link #ended} or {@link #failed} is the last it hears. */
    interface Reader {

        /** The answer has begun. */
        void began(Head head);

        /** A further piece of its body; false if nothing more of it is wanted, so that it counts as complete. */
        boolean piece(ByteBuffer piece);

        /** It is complete. */
        void ended();

        /** It is not, and will not be: an {@link IOException}, or a {@link RefusedException} if trying again is of no use. */
        void failed(Exception cause);
    }

    private final HttpClient http;
    private final Timer timer;
    private final Executor turns;
    private final Duration patience;
    private final Reader reader;

    private @Nullable Leg leg;
    private Timer.Scheduled watch = () -> {};
    private int signs;
    private int redirects;

    /** Patience is how long the server may stay silent. */
    Exchange(HttpClient http, Timer timer, Executor turns, Duration patience, Reader reader) {
        this.http = http;
        this.timer = timer;
        this.turns = turns;
        this.patience = patience;
        this.reader = reader;
    }

    /** Sends it. In a turn, as everything here that is not the JDK's callback. */
    void begin(HttpRequest request) {
        Leg begun = new Leg(request);
        leg = begun;
        signOfLife();
        begun.send();
    }

    /** Ends it; the reader hears nothing more. */
    void abandon() {
        Leg current = leg;
        leg = null;
        watch.cancel();
        if (current != null) current.cancel();
    }

    private void signOfLife() {
        watch.cancel();
        int seen = ++signs;
        watch = timer.after(patience, () -> turns.execute(() -> silent(seen)));
    }

    private void silent(int seen) {
        // A piece may have come, or still be read, since the watch ran out.
        if (leg == null || seen != signs) return;
        fail(new IOException("The server was silent for " + Phrase.seconds(patience) + "."));
    }

    private void end() {
        abandon();
        reader.ended();
    }

    private void fail(Exception cause) {
        abandon();
        reader.failed(cause);
    }

    private void redirect(HttpRequest request, Head head) {
        URI target;
        try {
            target = request.uri().resolve(head.headers().firstValue("Location").orElse(""));
        } catch (IllegalArgumentException e) {
            fail(new RefusedException(head.status(), "A redirect leads nowhere."));
            return;
        }
        String why = refusal(request, head, target);
        if (why != null) {
            fail(new RefusedException(head.status(), why));
            return;
        }
        abandon();
        redirects++;
        begin(HttpRequest.newBuilder(request, (name, value) -> true).uri(target).build());
    }

    private @Nullable String refusal(HttpRequest request, Head head, URI target) {
        String shown = Printable.cut(target.toString());
        if (target.getHost() == null || !Addresses.sameOrigin(request.uri(), target))
            return "Redirected to another origin, which is not followed: " + shown;
        if (redirects >= MOST_REDIRECTS) return "Redirected more than " + MOST_REDIRECTS + " times, last to " + shown;
        boolean keepsMethod = head.status() == 307 || head.status() == 308;
        if (!request.method().equals("GET") && !keepsMethod)
            return "A " + request.method() + " was redirected with " + head.status() + ", which would lose its body.";
        return null;
    }

    /** One of the requests of an exchange: the only one, unless there are redirects. */
    private final class Leg implements BodyHandler<Boolean>, BodySubscriber<Boolean> {
        private final HttpRequest request;
        private final CompletableFuture<Boolean> body = new CompletableFuture<>();
        private @Nullable CompletableFuture<?> sent;
        private @Nullable Subscription pieces;

        Leg(HttpRequest request) {
            this.request = request;
        }

        void send() {
            CompletableFuture<?> sending = http.sendAsync(request, this);
            sent = sending;
            CompletionStage<?> outcome = sending;
            outcome.whenComplete((response, error) -> {
                if (error != null) turn(() -> fail(unwrapped(error)));
            });
        }

        void cancel() {
            // The connection of an answer that is complete may be another exchange's by now, and the JDK would close
            // it.
            if (body.isDone()) return;
            if (pieces != null) pieces.cancel();
            if (sent != null) sent.cancel(true);
        }

        /** Runs the task in its turn, unless this leg is no longer the one that counts. */
        private void turn(Runnable task) {
            turns.execute(() -> {
                if (leg == this) task.run();
            });
        }

        @Override
        public BodySubscriber<Boolean> apply(ResponseInfo info) {
            turn(() -> began(new Head(info.statusCode(), info.headers())));
            return this;
        }

        private void began(Head head) {
            signOfLife();
            if (head.isRedirect()) redirect(request, head);
            else reader.began(head);
        }

        @Override
        public CompletionStage<Boolean> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            turns.execute(() -> {
                pieces = subscription;
                if (leg == this) subscription.request(1);
                else subscription.cancel();
            });
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            turn(() -> read(buffers));
        }

        private void read(List<ByteBuffer> buffers) {
            signOfLife();
            for (ByteBuffer buffer : buffers) {
                boolean more = reader.piece(buffer);
                if (leg != this) return;
                if (!more) {
                    end();
                    return;
                }
            }
            // Once more: the reader may have taken its time.
            signOfLife();
            if (pieces != null) pieces.request(1);
        }

        @Override
        public void onError(Throwable error) {
            body.complete(false);
            turn(() -> fail(unwrapped(error)));
        }

        @Override
        public void onComplete() {
            body.complete(true);
            turn(Exchange.this::end);
        }
    }

    private static Exception unwrapped(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof IOException io ? io : new IOException(Phrase.of(cause), cause);
    }
}
