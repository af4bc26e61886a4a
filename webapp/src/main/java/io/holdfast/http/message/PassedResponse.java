// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * A response that is passed on from a backend or a worker: nothing is added to its headers.
 *
 * @param status the HTTP status
 * @param headers in order, without those that concern one connection only; a {@code Content-Length} must be true
 * @param body the body, or its beginning; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PassedResponse(int status, Headers headers, byte[] body) implements Response {
    private static final String LENGTH = "Content-Length", TYPE = "Content-Type", CROSS_ORIGIN = "Access-Control-";

    @Override
    public Headers allHeaders() {
        return headers;
    }

    @Override
    public void writeHeadTo(HttpServletResponse response) {
        response.setStatus(status);
        for (Header header : headers) write(header.name(), header.value(), response);
    }

    private static void write(String name, String value, HttpServletResponse response) {
        if (name.equalsIgnoreCase(LENGTH)) response.setContentLengthLong(Long.parseLong(value));
        else if (name.equalsIgnoreCase(TYPE)) OwnResponse.writeTypeTo(value, response);
        else if (!isReplaced(name, response)) response.addHeader(name, value);
    }

    /** Browsers refuse a response that names two origins. */
    private static boolean isReplaced(String name, HttpServletResponse response) {
        return name.regionMatches(true, 0, CROSS_ORIGIN, 0, CROSS_ORIGIN.length()) && response.containsHeader(name);
    }

    @Override
    public void writeTo(HttpServletResponse response, boolean withBody) throws IOException {
        writeHeadTo(response);
        if (mayNotHaveBody()) return;
        // The response to a HEAD has the length of that to a GET, or none.
        if (withBody || body.length > 0) response.setContentLength(body.length);
        if (withBody && body.length > 0) response.getOutputStream().write(body);
    }

    private boolean mayNotHaveBody() {
        return status == HttpServletResponse.SC_NO_CONTENT || status == HttpServletResponse.SC_NOT_MODIFIED;
    }
}
