// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A request for a camera's logs. Each try is held for what is left of the wait.
 *
 * @param name the camera's
 * @param cached whether the last dump will do
 * @param within how long to wait for the camera
 */
record LogsQuestion(CameraName name, boolean cached, Duration within) implements Call.Question<Dump> {
    /** More than a server can be told to take of a camera. */
    private static final int LONGEST = 65 << 20;

    @Override
    public HttpRequest.Builder request(Connection connection, Addresses addresses, Duration waited) {
        Map<String, String> parameters =
                cached ? Map.of("cached", "true") : Map.of("wait", Long.toString(secondsLeft(waited)));
        return connection.request(addresses.at(name.logs(), parameters)).header("Accept", "application/json");
    }

    /** Whole seconds, a begun one too. */
    private long secondsLeft(Duration waited) {
        return Math.max(1, within.minus(waited).plusNanos(999_999_999).toSeconds());
    }

    @Override
    public Duration patience(Duration waited) {
        return cached ? Connection.GRACE : Connection.GRACE.plusSeconds(secondsLeft(waited));
    }

    @Override
    public int longest() {
        return LONGEST;
    }

    /** A 504 is final when the wait is over. Before that, some server holds no request for so long: it is asked again. */
    @Override
    public Optional<Dump> answer(Head head, byte[] body, Duration waited) {
        if (head.status() == 200)
            return Optional.of(new Dump(
                    new String(body, StandardCharsets.UTF_8), head.age().orElse(null)));
        String what = Phrase.of(head, body);
        if (head.status() == 504 && waited.compareTo(within) >= 0) throw new GaveUpException(what);
        if (head.status() == 401)
            throw new RefusedException(401, "The name or password is wrong or missing (" + what + ").");
        return Optional.empty();
    }
}
