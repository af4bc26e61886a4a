// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.http.message.HeaderParameters;
import io.holdfast.http.message.Headers;
import java.util.Locale;
import java.util.Optional;

/** The form of a reply to a publisher. */
public enum PublishReply {
    TEXT("text/plain"),
    JSON("application/json");

    /** The body of a response with status 406. */
    public static final String NOT_ACCEPTABLE =
            "Not Acceptable. Supported formats are text/plain and application/json.\n";

    public final String contentType;

    PublishReply(String contentType) {
        this.contentType = contentType;
    }

    /** The last form that {@code Accept} names, whatever its quality. Text without that header; empty if it names neither. */
    public static Optional<PublishReply> of(Headers headers) {
        if (!headers.has("Accept")) return Optional.of(TEXT);
        return HeaderParameters.words(headers, "Accept").stream()
                .map(each -> named(each.first()))
                .flatMap(Optional::stream)
                .reduce((earlier, later) -> later);
    }

    private static Optional<PublishReply> named(String range) {
        return switch (range.toLowerCase(Locale.ROOT)) {
            case "text/plain", "text/*", "*/*", "*" -> Optional.of(TEXT);
            case "application/json", "application/*" -> Optional.of(JSON);
            default -> Optional.empty();
        };
    }

    /** The body with this message. */
    public String body(String message) {
        return this == TEXT ? message + "\n" : "{\"message\":\"" + message + "\"}\n";
    }
}
