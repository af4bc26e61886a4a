// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request, decoded alike on every server: some drop a parameter that is not well-formed, and a hold would then
 * be taken for a plain read.
 */
final class Query {
    private final String query;

    Query(HttpServletRequest request) {
        @Nullable String raw = request.getQueryString();
        query = raw == null ? "" : raw;
    }

    /** The value of the parameter; empty when it is not there. */
    Optional<String> value(String name) {
        List<String> values = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (decoded(key, key).equals(name)) values.add(equals < 0 ? "" : decoded(name, pair.substring(equals + 1)));
        }
        if (values.size() > 1) throw new Refusal(Problem.badValue(name, "given once", String.join(",", values)));
        return values.stream().findFirst();
    }

    private static String decoded(String field, String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.badValue(Problem.shown(field), "percent-encoded UTF-8", text));
        }
    }
}
