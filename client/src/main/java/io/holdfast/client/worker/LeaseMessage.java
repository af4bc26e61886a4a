// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

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
 * A short message about a lease, which may be repeated. The outcome is whether this worker still has the lease.
 *
 * @param path the path
 * @param token the token of the lease
 * @param json the body; empty if there is none
 * @param patience the time for which a member may be silent
 * @param listener receives each failure before its retry
 */
record LeaseMessage(String path, String token, String json, Duration patience, Consumer<Trouble> listener)
        implements Call.Request<Boolean> {
    private static final int LONGEST = 64 * 1024;

    @Override
    public HttpRequest.Builder builder(Addresses addresses, Transport transport, Duration waited) {
        HttpRequest.Builder request = transport.request(addresses.at(path, Map.of("token", token)));
        if (json.isEmpty()) return request.POST(HttpRequest.BodyPublishers.noBody());
        return request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
    }

    @Override
    public Call.Limits limits(Duration waited) {
        return new Call.Limits(patience, LONGEST);
    }

    @Override
    public Optional<Boolean> read(ResponseHead head, byte[] body, Duration waited) {
        if (head.isSuccess()) return Optional.of(true);
        return head.status() == 409 ? Optional.of(false) : Optional.empty();
    }

    @Override
    public void onTrouble(Trouble trouble) {
        listener.accept(trouble);
    }
}
