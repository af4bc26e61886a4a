// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a camera sends: a dump, or the reply to a command. Its outcome is the status.
 *
 * @param path where to
 * @param json the body
 * @param mayBeLate whether it is no failure that nobody waits for it any more
 * @param listener takes note of failures
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record CameraPost(String path, byte[] json, boolean mayBeLate, Consumer<Trouble> listener)
        implements Call.Question<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int LONGEST = 64 * 1024;

    @Override
    public HttpRequest.Builder request(Connection connection, Addresses addresses, Duration waited) {
        return connection
                .request(addresses.at(path, Map.of()))
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json));
    }

    @Override
    public Duration patience(Duration waited) {
        return PATIENCE;
    }

    @Override
    public int longest() {
        return LONGEST;
    }

    @Override
    public Optional<Integer> answer(Head head, byte[] body, Duration waited) {
        boolean taken = head.isSuccess() || (mayBeLate && head.status() == 404);
        return taken ? Optional.of(head.status()) : Optional.empty();
    }

    @Override
    public void trouble(Trouble trouble) {
        listener.accept(trouble);
    }
}
