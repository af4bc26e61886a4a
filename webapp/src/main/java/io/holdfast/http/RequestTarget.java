// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path and the query of a request, raw, as the client sent them.
 *
 * @param path with the context path
 * @param query without its question mark; null if there is none
 * @param charset in which the characters beyond ASCII are the bytes that the client sent
 */
public record RequestTarget(String path, @Nullable String query, Charset charset) {
    /** The attribute of a request with its target as it was sent, each byte as one character, where the server knows another one. */
    public static final String ATTRIBUTE = "io.holdfast.target";

    private static final String AFTER_SCHEME = "://";

    static RequestTarget of(HttpServletRequest request) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof String sent))
            return new RequestTarget(request.getRequestURI(), request.getQueryString(), StandardCharsets.UTF_8);
        String target = withoutHost(sent);
        int query = target.indexOf('?');
        return query < 0
                ? new RequestTarget(target, null, StandardCharsets.ISO_8859_1)
                : new RequestTarget(
                        target.substring(0, query), target.substring(query + 1), StandardCharsets.ISO_8859_1);
    }

    private static String withoutHost(String target) {
        int scheme = target.indexOf(AFTER_SCHEME);
        if (target.startsWith("/") || scheme < 0) return target;
        int end = scheme + AFTER_SCHEME.length();
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') end++;
        return target.startsWith("/", end) ? target.substring(end) : "/" + target.substring(end);
    }
}
