// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header {@code Retry-After}: seconds, or a date. */
final class RetryAfter {
    private static final int MOST_DIGITS = 9;

    private RetryAfter() {}

    /** How long to stay away; nothing where the header says nothing that can be read. */
    static Duration of(String header, Instant now) {
        String value = header.strip();
        Optional<Duration> seconds = seconds(value);
        if (seconds.isPresent()) return seconds.get();
        try {
            Instant then = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
            return then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }

    /** Delta seconds, which other headers have too; empty if these are none. */
    static Optional<Duration> seconds(String header) {
        String value = header.strip();
        boolean digits = value.matches("[0-9]{1," + MOST_DIGITS + "}");
        return digits ? Optional.of(Duration.ofSeconds(Long.parseLong(value))) : Optional.empty();
    }
}
