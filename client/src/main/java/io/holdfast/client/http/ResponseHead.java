// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.RefusedException;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** The status and the headers of an answer. */
public record ResponseHead(int status, HttpHeaders headers) {
    private static final int MOST_DIGITS = 9;

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether the failure may pass, so that a retry makes sense. */
    public boolean isTransient() {
        return status >= 500 || status == 408 || status == 429;
    }

    /** Whether the server refuses for good. */
    public boolean isRefusal() {
        return status >= 400 && !isTransient();
    }

    boolean isRedirect() {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** The refusal as an exception, with the server's sentence. */
    public RefusedException refusal(byte[] body) {
        return new RefusedException(status, Wording.of(this, body));
    }

    /** The first value of a header; empty if there is none. */
    public String value(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The media type without its parameters, in lower case; empty if there is none. */
    public String mediaType() {
        String value = value("Content-Type");
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** The cursor in {@code ETag}, even if a proxy has made the tag a weak one. */
    public Optional<String> etag() {
        return headers.firstValue("ETag")
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .filter(tag -> tag.length() > 2 && tag.startsWith("\"") && tag.endsWith("\""))
                .map(tag -> tag.substring(1, tag.length() - 1));
    }

    /** A header whose value is a number of seconds; empty if it is missing or malformed. */
    public Optional<Duration> seconds(String name) {
        String value = value(name).strip();
        boolean isNumber = value.matches("[0-9]{1," + MOST_DIGITS + "}");
        return isNumber ? Optional.of(Duration.ofSeconds(Long.parseLong(value))) : Optional.empty();
    }

    /** The pause in {@code Retry-After}, which is a number of seconds or a date; zero if it is missing or malformed. */
    Duration retryAfter(Instant now) {
        Optional<Duration> seconds = seconds("Retry-After");
        if (seconds.isPresent()) return seconds.get();
        try {
            Instant then = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                    value("Retry-After").strip()));
            return then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
