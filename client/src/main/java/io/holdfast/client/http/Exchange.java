// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.RefusedException;
import io.holdfast.client.time.Clocks;
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
 * One request and its answer, including redirects within the origin. The reader is called in turns, until the exchange has ended or is
 * abandoned. The exchange asks for the next piece of the answer after the reader has returned from the one before. All methods belong to
 * the turns.
 */
public final class Exchange {
    private static final int MOST_REDIRECTS = 5;

    /** Receives an answer. The last call is either {@link #onEnd} or {@link #onFailure}. */
    public interface Reader {

        void onHead(ResponseHead head);

        /** Receives a piece of the body; false if the reader wants no more, so that the answer counts as complete. */
        boolean onPiece(ByteBuffer piece);

        /** The answer is complete. */
        void onEnd();

        /** The answer failed: an {@link IOException}, or a {@link RefusedException} if a retry is of no use. */
        void onFailure(Exception cause);
    }

    private final HttpClient http;
    private final Clocks clocks;
    private final Executor turns;
    private final Duration patience;
    private final Reader reader;

    private @Nullable Leg leg;
    private int redirects;

    /** An exchange with a server that may be silent for as long as the patience lasts. */
    Exchange(HttpClient http, Clocks clocks, Executor turns, Duration patience, Reader reader) {
        this.http = http;
        this.clocks = clocks;
        this.turns = turns;
        this.patience = patience;
        this.reader = reader;
    }

    void send(HttpRequest request) {
        Leg begun = new Leg(request);
        leg = begun;
        begun.send();
    }

    /** Ends it without a further call of the reader. */
    void abandon() {
        Leg current = leg;
        leg = null;
        if (current != null) current.cancel();
    }

    private void end() {
        abandon();
        reader.onEnd();
    }

    private void fail(Exception cause) {
        abandon();
        reader.onFailure(cause);
    }

    private void redirect(HttpRequest request, ResponseHead head) {
        URI target;
        try {
            target = request.uri().resolve(head.value("Location"));
        } catch (IllegalArgumentException e) {
            fail(new RefusedException(head.status(), "A redirect has no valid location."));
            return;
        }
        String why = refusal(request, head, target);
        if (why != null) {
            fail(new RefusedException(head.status(), why));
            return;
        }
        abandon();
        redirects++;
        send(HttpRequest.newBuilder(request, (name, value) -> true).uri(target).build());
    }

    private @Nullable String refusal(HttpRequest request, ResponseHead head, URI target) {
        String shown = Wording.printable(target.toString());
        if (target.getHost() == null || !Addresses.isSameOrigin(request.uri(), target))
            return "The client does not follow a redirect to another origin: " + shown;
        if (redirects >= MOST_REDIRECTS)
            return "The client follows at most " + MOST_REDIRECTS + " redirects; the last one was to " + shown;
        boolean keepsMethod = head.status() == 307 || head.status() == 308;
        if (!request.method().equals("GET") && !keepsMethod)
            return "A " + request.method() + " was redirected with " + head.status() + ", which would lose its body.";
        return null;
    }

    /** One request of the exchange: the only one, unless there are redirects. */
    private final class Leg implements BodyHandler<Boolean>, BodySubscriber<Boolean> {
        private final HttpRequest request;
        private final CompletableFuture<Boolean> body = new CompletableFuture<>();
        private final StallWatch watch = new StallWatch(clocks.alarm(), patience, this::turn, this::stalled);
        private @Nullable CompletableFuture<?> sent;
        private @Nullable Subscription pieces;

        Leg(HttpRequest request) {
            this.request = request;
        }

        void send() {
            watch.onSign();
            CompletableFuture<?> sending = http.sendAsync(request, this);
            sent = sending;
            CompletionStage<?> outcome = sending;
            outcome.whenComplete((response, error) -> {
                if (error != null) turn(() -> fail(unwrapped(error)));
            });
        }

        private void stalled() {
            fail(watch.stalled());
        }

        void cancel() {
            watch.close();
            // The connection of a complete answer may serve another exchange by now, and the JDK would close it.
            if (body.isDone()) return;
            if (pieces != null) pieces.cancel();
            if (sent != null) sent.cancel(true);
        }

        /** Runs the task in a turn, unless this leg is no longer the current one. */
        private void turn(Runnable task) {
            turns.execute(() -> {
                if (leg == this) task.run();
            });
        }

        @Override
        public BodySubscriber<Boolean> apply(ResponseInfo info) {
            turn(() -> onHead(new ResponseHead(info.statusCode(), info.headers())));
            return this;
        }

        private void onHead(ResponseHead head) {
            watch.onSign();
            if (head.isRedirect()) redirect(request, head);
            else reader.onHead(head);
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
            watch.onSign();
            for (ByteBuffer buffer : buffers) {
                boolean more = reader.onPiece(buffer);
                if (leg != this) return;
                if (!more) {
                    end();
                    return;
                }
            }
            // The time that the reader took does not count as silence of the server.
            watch.onSign();
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
        return cause instanceof IOException io ? io : new IOException(Wording.of(cause), cause);
    }
}
