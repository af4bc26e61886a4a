// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to publish. Every try carries the same key.
 *
 * @param channel its name
 * @param parameters of the query
 * @param contentType of the body
 * @param key the idempotency key
 * @param body the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Publication(String channel, Map<String, String> parameters, String contentType, String key, byte[] body)
        implements Call.Question<Receipt> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST = 1 << 20;

    @Override
    public HttpRequest.Builder request(Connection connection, Addresses addresses, Duration waited) {
        return connection
                .request(addresses.events(List.of(channel), parameters))
                .header("Accept", "application/json")
                .header("Content-Type", contentType)
                .header("Idempotency-Key", '"' + key + '"')
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    @Override
    public Duration patience(Duration waited) {
        return PATIENCE;
    }

    @Override
    public int longest() {
        return LONGEST;
    }

    /** An unreadable receipt may be there, and the same key will tell its id. */
    @Override
    public Optional<Receipt> answer(Head head, byte[] answer, Duration waited) throws Unreadable {
        if (head.status() != 200 && head.status() != 201) return Optional.empty();
        boolean replayed =
                head.headers().firstValue("Idempotency-Replayed").orElse("").equals("true");
        return Optional.of(Wire.receipt(answer, replayed));
    }
}
