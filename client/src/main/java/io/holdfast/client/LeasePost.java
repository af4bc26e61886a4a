// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a worker says about a request that it has: a short word, which may be repeated. Its outcome is whether it still has it.
 *
 * @param path where to
 * @param token of the lease
 * @param json the body; empty if there is none
 * @param patience how long a member may be silent
 * @param listener takes note of failures
 */
record LeasePost(String path, String token, String json, Duration patience, Consumer<Trouble> listener)
        implements Call.Question<Boolean> {
    private static final int LONGEST = 64 * 1024;

    @Override
    public HttpRequest.Builder request(Connection connection, Addresses addresses, Duration waited) {
        HttpRequest.Builder request = connection.request(addresses.at(path, Map.of("token", token)));
        if (json.isEmpty()) return request.POST(HttpRequest.BodyPublishers.noBody());
        return request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
    }

    @Override
    public Duration patience(Duration waited) {
        return patience;
    }

    @Override
    public int longest() {
        return LONGEST;
    }

    @Override
    public Optional<Boolean> answer(Head head, byte[] body, Duration waited) {
        if (head.isSuccess()) return Optional.of(true);
        return head.status() == 409 ? Optional.of(false) : Optional.empty();
    }

    @Override
    public void trouble(Trouble trouble) {
        listener.accept(trouble);
    }
}
