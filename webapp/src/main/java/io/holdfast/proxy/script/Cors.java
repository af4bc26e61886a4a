// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

import io.holdfast.grip.instruct.GripHeaders;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.HeaderParameters;
import io.holdfast.http.message.Headers;
import java.util.List;
import java.util.Set;

/** The headers that let scripts of any origin read a response. Headers that the backend has set are kept. */
public final class Cors {
    private static final Set<String> SIMPLE = Headers.names(List.of(
            "Cache-Control",
            "Content-Language",
            "Content-Length",
            "Content-Type",
            "Expires",
            "Last-Modified",
            "Pragma"));
    private static final String METHODS = "OPTIONS, HEAD, GET, POST, PUT, DELETE";

    private Cors() {}

    /** The headers of the response, with the missing headers added. */
    public static Headers added(Headers request, Headers response) {
        Headers missing = Headers.of(
                        "Access-Control-Allow-Methods", asked(request, "Access-Control-Request-Method", METHODS),
                        "Access-Control-Allow-Headers", askedHeaders(request),
                        "Access-Control-Expose-Headers", exposed(response),
                        "Access-Control-Allow-Credentials", "true",
                        "Access-Control-Allow-Origin", asked(request, "Origin", "*"),
                        "Access-Control-Max-Age", "3600")
                .only(name -> !response.has(name));
        return response.and(new Headers(missing.list().stream()
                .filter(header -> !header.value().isEmpty())
                .toList()));
    }

    private static String asked(Headers request, String name, String otherwise) {
        return request.first(name).filter(value -> !value.isEmpty()).orElse(otherwise);
    }

    private static String askedHeaders(Headers request) {
        return String.join(
                ", ",
                HeaderParameters.list(request, "Access-Control-Request-Headers").stream()
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    private static String exposed(Headers response) {
        Set<String> seen = Headers.names(List.of());
        return String.join(
                ", ",
                response.list().stream()
                        .map(Header::name)
                        .filter(name -> !SIMPLE.contains(name) && !GripHeaders.isGrip(name) && !isOfAccess(name))
                        .filter(seen::add)
                        .toList());
    }

    private static boolean isOfAccess(String name) {
        String access = "Access-Control-";
        return name.regionMatches(true, 0, access, 0, access.length());
    }
}
