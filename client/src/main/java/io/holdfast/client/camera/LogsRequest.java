// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import io.holdfast.client.Dump;
import io.holdfast.client.GaveUpException;
import io.holdfast.client.RefusedException;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Call;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.Wording;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A request for a camera's logs. Each try is held for the rest of the wait.
 *
 * @param paths the camera's paths
 * @param isCached whether the last dump that is kept will do
 * @param within how long to wait for the camera
 */
public record LogsRequest(CameraPaths paths, boolean isCached, Duration within) implements Call.Request<Dump> {
    /** More than the largest limit that a server can have. */
    private static final int LONGEST = 65 << 20;

    @Override
    public HttpRequest.Builder builder(Addresses addresses, Transport transport, Duration waited) {
        Map<String, String> parameters =
                isCached ? Map.of("cached", "true") : Map.of("wait", Long.toString(secondsLeft(waited)));
        return transport.jsonRequest(addresses.at(paths.logs(), parameters));
    }

    /** Whole seconds, rounded up; at least one. */
    private long secondsLeft(Duration waited) {
        return Math.max(1, within.minus(waited).plusNanos(999_999_999).toSeconds());
    }

    @Override
    public Call.Limits limits(Duration waited) {
        Duration patience = isCached ? Transport.GRACE : Transport.GRACE.plusSeconds(secondsLeft(waited));
        return new Call.Limits(patience, LONGEST);
    }

    /** A 504 is final once the wait is over. An earlier one comes from a server that holds for less time, and leads to a retry. */
    @Override
    public Optional<Dump> read(ResponseHead head, byte[] body, Duration waited) {
        if (head.status() == 200)
            return Optional.of(new Dump(
                    new String(body, StandardCharsets.UTF_8),
                    head.seconds("Age").orElse(null)));
        String what = Wording.of(head, body);
        if (head.status() == 504 && waited.compareTo(within) >= 0) throw new GaveUpException(what);
        if (head.status() == 401)
            throw new RefusedException(401, "The name or password is wrong or missing (" + what + ").");
        return Optional.empty();
    }
}
