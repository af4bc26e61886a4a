// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What an answer begins with.
 *
 * @param status the HTTP status
 * @param headers the headers
 */
record Head(int status, HttpHeaders headers) {

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether a further try may be answered otherwise. */
    boolean isPassing() {
        return status >= 500 || status == 408 || status == 429;
    }

    /** Whether it says no for good. */
    boolean isRefusal() {
        return status >= 400 && !isPassing();
    }

    boolean isRedirect() {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** The media type without its parameters, in lower case; empty if there is none. */
    String mediaType() {
        String value = headers.firstValue("Content-Type").orElse("");
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** The cursor in {@code ETag}, also where a proxy has weakened it. */
    Optional<String> etag() {
        return headers.firstValue("ETag")
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .filter(tag -> tag.length() > 2 && tag.startsWith("\"") && tag.endsWith("\""))
                .map(tag -> tag.substring(1, tag.length() - 1));
    }

    /** The seconds in {@code Age}; empty where it has none that can be read. */
    Optional<Duration> age() {
        return headers.firstValue("Age").flatMap(RetryAfter::seconds);
    }

    Duration retryAfter(Instant now) {
        return headers.firstValue("Retry-After")
                .map(value -> RetryAfter.of(value, now))
                .orElse(Duration.ZERO);
    }
}
