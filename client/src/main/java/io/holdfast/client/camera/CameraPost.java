// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import io.holdfast.client.Trouble;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Call;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A dump, or the reply to a command. The outcome is the status.
 *
 * @param path the path
 * @param json the body
 * @param mayBeLate whether it is no failure if nobody waits for it any more
 * @param listener receives each failure before its retry
 */
@SuppressWarnings("ArrayRecordComponent") // posts are never compared
record CameraPost(String path, byte[] json, boolean mayBeLate, Consumer<Trouble> listener)
        implements Call.Request<Integer> {
    private static final Call.Limits LIMITS = new Call.Limits(Duration.ofSeconds(15), 64 * 1024);

    @Override
    public HttpRequest.Builder builder(Addresses addresses, Transport transport, Duration waited) {
        return transport
                .jsonRequest(addresses.at(path, Map.of()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json));
    }

    @Override
    public Call.Limits limits(Duration waited) {
        return LIMITS;
    }

    @Override
    public Optional<Integer> read(ResponseHead head, byte[] body, Duration waited) {
        boolean isTaken = head.isSuccess() || (mayBeLate && head.status() == 404);
        return isTaken ? Optional.of(head.status()) : Optional.empty();
    }

    @Override
    public void onTrouble(Trouble trouble) {
        listener.accept(trouble);
    }
}
