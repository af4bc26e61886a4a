// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One request to publish, tried until it is answered for good. Every try carries the same key. */
final class Publication {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST = 1 << 20;

    /**
     * What is published.
     *
     * @param channel its name
     * @param parameters of the query
     * @param contentType of the body
     * @param key the idempotency key
     * @param body the bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Letter(String channel, Map<String, String> parameters, String contentType, String key, byte[] body) {}

    private final Letter letter;
    private final Addresses addresses;
    private final Connection connection;
    private final Retries retries;
    private final Serial turns;
    private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    private volatile boolean abandoned;

    Publication(Letter letter, Addresses addresses, Connection connection, Duration giveUp) {
        this.letter = letter;
        this.addresses = addresses;
        this.connection = connection;
        this.retries = new Retries(connection.surroundings(), giveUp);
        this.turns = new Serial(connection.pool(), receipt::completeExceptionally);
    }

    void begin() {
        turns.execute(this::send);
    }

    CompletableFuture<Receipt> receipt() {
        return receipt;
    }

    /** Tries no more; what has been sent may still be appended. */
    void abandon() {
        abandoned = true;
        receipt.completeExceptionally(new GaveUpException("Closed before the publication was answered."));
    }

    private void send() {
        if (abandoned || receipt.isDone()) return;
        HttpRequest request = connection
                .request(addresses.events(List.of(letter.channel()), letter.parameters()))
                .header("Accept", "application/json")
                .header("Content-Type", letter.contentType())
                .header("Idempotency-Key", '"' + letter.key() + '"')
                .POST(HttpRequest.BodyPublishers.ofByteArray(letter.body()))
                .build();
        Gather reader = new Gather(LONGEST, this::answered, this::failed);
        connection.exchange(turns, PATIENCE, reader).begin(request);
    }

    private void answered(Head head, byte[] body) {
        if (head.status() == 200 || head.status() == 201) accept(head, body);
        else if (head.isRefusal()) receipt.completeExceptionally(refusal(head, body));
        else
            tryAgain(
                    Phrase.of(head, body),
                    head.retryAfter(connection.surroundings().wall().instant()));
    }

    private void accept(Head head, byte[] body) {
        boolean replayed =
                head.headers().firstValue("Idempotency-Replayed").orElse("").equals("true");
        try {
            receipt.complete(Wire.receipt(body, replayed));
        } catch (Unreadable e) {
            // It may be there, and the same key will tell its id.
            tryAgain(Phrase.of(e), Duration.ZERO);
        }
    }

    private static RefusedException refusal(Head head, byte[] body) {
        return new RefusedException(head.status(), Phrase.of(head, body));
    }

    private void failed(Exception cause) {
        if (cause instanceof RefusedException) receipt.completeExceptionally(cause);
        else tryAgain(Phrase.of(cause), Duration.ZERO);
    }

    private void tryAgain(String what, Duration atLeast) {
        URI at = addresses.current();
        addresses.next();
        Optional<Duration> pause = retries.failed(atLeast);
        if (pause.isEmpty()) receipt.completeExceptionally(new GaveUpException(at + ": " + what));
        else connection.surroundings().timer().after(pause.get(), () -> turns.execute(this::send));
    }
}
