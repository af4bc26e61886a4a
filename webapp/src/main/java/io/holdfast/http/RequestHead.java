// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A request without its body, as it was received: a copy that outlives the request.
 *
 * @param method the method
 * @param path the path after the context path, raw, with the query
 * @param headers in order, those of one name together
 * @param hasBody whether a body follows
 * @param length of the body, in bytes; -1 if it is not declared
 * @param tls whether the connection is encrypted
 * @param address of the peer
 */
public record RequestHead(
        String method, String path, Headers headers, boolean hasBody, long length, boolean tls, String address) {

    static RequestHead of(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length()),
                query = request.getQueryString();
        List<Header> headers = new ArrayList<>();
        for (String name : Collections.list(request.getHeaderNames()))
            for (String value : Collections.list(request.getHeaders(name))) headers.add(new Header(name, value));
        return new RequestHead(
                request.getMethod(),
                (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query),
                new Headers(headers),
                !Body.isMissing(request),
                request.getContentLengthLong(),
                request.isSecure(),
                request.getRemoteAddr());
    }

    /** The first header of this name. */
    public Optional<String> header(String name) {
        return headers.first(name);
    }
}
