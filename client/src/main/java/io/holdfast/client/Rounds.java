// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks over and over, at once or after a pause, until it is finished. A failure leads to the next address. Except for {@link #begin},
 * {@link #stop} and {@link #done}, all of it is used in turns.
 */
final class Rounds {
    private static final System.Logger LOG = System.getLogger(Rounds.class.getName());
    /** An answer that brings nothing sooner than this was not held: the member drains, or something is between that caches. */
    private static final Duration TOO_SOON = Duration.ofSeconds(1);

    private final Connection connection;
    private final Addresses addresses;
    private final Runnable question;
    private final Consumer<Trouble> listener;
    private final Retries retries;
    private final Serial turns;
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    private volatile boolean stopping;

    private boolean over;
    private @Nullable Exchange exchange;
    private Timer.Scheduled pause = () -> {};
    private long askedAt;

    /** The question is to {@link #send} a request. Patience is how long there may be no success; null is for ever. */
    Rounds(
            Connection connection,
            Addresses addresses,
            @Nullable Duration patience,
            Runnable question,
            Consumer<Trouble> listener) {
        this.connection = connection;
        this.addresses = addresses;
        this.question = question;
        this.listener = listener;
        this.retries = new Retries(connection.surroundings(), patience);
        this.turns = new Serial(connection.pool(), this::broken);
    }

    private void broken(Throwable error) {
        turns.execute(() -> finish(error));
    }

    void begin() {
        turns.execute(this::ask);
    }

    /** Ends it after the turn that is running, if one is. */
    void stop() {
        stopping = true;
        turns.execute(() -> finish(null));
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isOver() {
        return over;
    }

    CompletionStage<@Nullable Void> done() {
        return done.minimalCompletionStage();
    }

    Executor turns() {
        return turns;
    }

    private void ask() {
        if (over || stopping) return;
        askedAt = connection.surroundings().ticker().nanos();
        question.run();
    }

    void send(HttpRequest.Builder request, Duration patience, Exchange.Reader reader) {
        Exchange begun = connection.exchange(turns, patience, reader);
        exchange = begun;
        begun.begin(request.build());
    }

    /** Hears no more of what was asked. */
    void abandon() {
        if (exchange != null) exchange.abandon();
    }

    /** Notes that the address in use works. */
    void succeeded() {
        retries.succeeded();
    }

    /** Asks again at once, unless nothing came too soon. */
    void askAgain(boolean something) {
        Duration took = Duration.ofNanos(connection.surroundings().ticker().nanos() - askedAt);
        if (something || took.compareTo(TOO_SOON) >= 0) ask();
        else leave(Duration.ZERO);
    }

    /** Asks the next address after the time, if it is any, or else after a breath. */
    void leave(Duration time) {
        addresses.next();
        askAfter(time.isZero() ? retries.breath() : time);
    }

    void askAfter(Duration time) {
        pause = connection.surroundings().timer().after(time, () -> turns.execute(this::ask));
    }

    /** Takes an answer that is no success. */
    void unsuccessful(Head head, byte[] body) {
        if (head.isRefusal()) finish(RefusedException.of(head, body));
        else trouble(Phrase.of(head, body), connection.retryAfter(head));
    }

    /** Takes the cause why there is no answer. */
    void failed(Exception cause) {
        if (cause instanceof RefusedException) finish(cause);
        else trouble(Phrase.of(cause), Duration.ZERO);
    }

    /** Tells of a failure, and asks the next address after a pause on top of what is given, unless it is time to give up. */
    void trouble(String what, Duration atLeast) {
        URI at = addresses.current();
        addresses.next();
        Optional<Duration> next = retries.failed(atLeast);
        if (next.isEmpty()) finish(new GaveUpException(at + ": " + what));
        else {
            tell(new Trouble(at, what, retries.failures(), next.get()));
            askAfter(next.get());
        }
    }

    void tell(Trouble trouble) {
        tell(trouble, listener);
    }

    /** Tells a listener something that is said once, whether it listens or not. */
    <T> void tell(T something, Consumer<? super T> one) {
        try {
            one.accept(something);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "The listener failed when told of " + something, e);
        }
    }

    /** Ends it; an error is null if it ends as it should. */
    void finish(@Nullable Throwable error) {
        if (over) return;
        over = true;
        pause.cancel();
        abandon();
        if (error == null) done.complete(null);
        else done.completeExceptionally(error);
    }
}
