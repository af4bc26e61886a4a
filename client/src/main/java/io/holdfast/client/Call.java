// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One request, tried at one address after the other until it is answered for good. */
final class Call<T> {

    /** What is asked. Called in the call's turns; what it throws, but for {@link Unreadable}, is the outcome. */
    interface Question<T> {

        /** The request at the address in use. Waited is the time since the call began. */
        HttpRequest.Builder request(Connection connection, Addresses addresses, Duration waited);

        /** How long the server may be silent. */
        Duration patience(Duration waited);

        /** How many bytes a good answer may have. */
        int longest();

        /** What the answer says that came after this time; empty if its status says what to do. An unreadable one is asked for again. */
        Optional<T> answer(Head head, byte[] body, Duration waited) throws Unreadable;

        /** Takes note of a failure that is followed by a further try. */
        default void trouble(Trouble trouble) {}
    }

    private final Question<T> question;
    private final Addresses addresses;
    private final Connection connection;
    private final Retries retries;
    private final Serial turns;
    private final long begun;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private volatile boolean last;

    Call(Question<T> question, Addresses addresses, Connection connection, Duration giveUp) {
        this.question = question;
        this.addresses = addresses;
        this.connection = connection;
        this.retries = new Retries(connection.surroundings(), giveUp);
        this.turns = new Serial(connection.pool(), outcome::completeExceptionally);
        this.begun = connection.surroundings().ticker().nanos();
    }

    void begin() {
        turns.execute(this::send);
    }

    CompletionStage<T> outcome() {
        return outcome;
    }

    /** Makes no further try; the one under way may still be answered. */
    void lastTry() {
        last = true;
    }

    /** Tries no more and waits for no answer; what has been sent may still be taken. */
    void abandon() {
        outcome.completeExceptionally(new GaveUpException("Closed before there was an answer."));
    }

    private void send() {
        if (outcome.isDone()) return;
        Duration waited = waited();
        HttpRequest request = question.request(connection, addresses, waited).build();
        Gather reader = new Gather(question.longest(), this::answered, this::failed);
        connection.exchange(turns, question.patience(waited), reader).begin(request);
    }

    private Duration waited() {
        return Duration.ofNanos(connection.surroundings().ticker().nanos() - begun);
    }

    private void answered(Head head, byte[] body) {
        try {
            question.answer(head, body, waited()).ifPresentOrElse(outcome::complete, () -> unsuccessful(head, body));
        } catch (Unreadable e) {
            tryAgain(Phrase.of(e), Duration.ZERO);
        }
    }

    private void unsuccessful(Head head, byte[] body) {
        if (head.isRefusal()) outcome.completeExceptionally(RefusedException.of(head, body));
        else tryAgain(Phrase.of(head, body), connection.retryAfter(head));
    }

    private void failed(Exception cause) {
        if (cause instanceof RefusedException) outcome.completeExceptionally(cause);
        else tryAgain(Phrase.of(cause), Duration.ZERO);
    }

    private void tryAgain(String what, Duration atLeast) {
        URI at = addresses.current();
        addresses.next();
        GaveUpException gaveUp = new GaveUpException(at + ": " + what);
        Optional<Duration> pause = retries.failed(atLeast);
        if (pause.isEmpty() || last) outcome.completeExceptionally(gaveUp);
        else if (!outcome.isDone()) {
            question.trouble(new Trouble(at, what, retries.failures(), pause.get()));
            connection.surroundings().timer().after(pause.get(), () -> turns.execute(() -> sendUnlessLast(gaveUp)));
        }
    }

    private void sendUnlessLast(GaveUpException gaveUp) {
        if (last) outcome.completeExceptionally(gaveUp);
        else send();
    }
}
