// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.http.CrossOrigin;
import java.util.List;

/** The options for pages of other origins. */
final class CorsOptions {
    private static final String ORIGIN = "[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::[0-9]{1,5})?";
    private static final Option<String> ORIGINS = Option.text(
            "cors.origins",
            "",
            "|\\*|" + ORIGIN + "(?:\\s*,\\s*" + ORIGIN + ")*",
            "origins such as https://app.example.com, separated by commas, or *",
            "The other origins whose pages may use the API (CORS). Named origins count as the server's own; `*` admits reading only.");
    private static final Option<Credentials> CREDENTIALS = Option.choice(
            "cors.credentials",
            Credentials.FALSE,
            Credentials.class,
            "Whether browsers may add the credentials that they keep for this server to requests of those pages.");
    private static final Option<String> EXPOSE = Option.text(
            "cors.expose",
            "ETag, Location, Retry-After, Idempotency-Replayed, Event-Type, Preference-Applied, Age, Counter-Epoch",
            "[A-Za-z0-9!#$%&'*+.^_`|~, -]*",
            "names of headers, separated by commas",
            "The response headers that those pages may read, besides those that any page may read.");

    private CorsOptions() {}

    /** Whether credentials are admitted. */
    private enum Credentials {
        TRUE,
        FALSE
    }

    static CrossOrigin read(Settings settings) {
        String origins = settings.get(ORIGINS);
        boolean credentials = settings.get(CREDENTIALS) == Credentials.TRUE;
        if (credentials && origins.equals("*"))
            settings.fault("cors.credentials must be false, or cors.origins must name the origins, not '*'.");
        return new CrossOrigin(
                origins.isEmpty() ? List.of() : List.of(origins.split("\\s*,\\s*", -1)),
                credentials,
                settings.get(EXPOSE));
    }
}
