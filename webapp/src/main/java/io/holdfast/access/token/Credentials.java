// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** The credentials in an {@code Authorization} header. */
sealed interface Credentials {

    /** The holder of a token. */
    record Bearer(String token) implements Credentials {
        @Override
        public String toString() {
            return "Bearer";
        }
    }

    /** A user who knows the password. */
    record Basic(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "Basic " + user;
        }
    }

    /** Bearer and Basic; and the latter without its word, as the Java library for publishers sends it. */
    static Optional<Credentials> parse(String header) {
        String[] parts = header.strip().split("\\s+", 2);
        if (parts.length == 1) return basic(parts[0]);
        return switch (parts[0].toLowerCase(Locale.ROOT)) {
            case "bearer" -> Optional.of(new Bearer(parts[1]));
            case "basic" -> basic(parts[1]);
            default -> Optional.empty();
        };
    }

    private static Optional<Credentials> basic(String encoded) {
        try {
            String text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Basic(text.substring(0, colon), text.substring(colon + 1)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
