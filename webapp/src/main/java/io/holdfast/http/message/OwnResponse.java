// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A complete response of our own, encoded once for all the requests it answers. Caches never store it.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body; empty when there is no body
 * @param headers further headers
 * @param body the body; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, shared by thousands
public record OwnResponse(int status, String contentType, Headers headers, byte[] body) implements Response {
    private static final byte[] NOTHING = {};

    /** A body of JSON text, with a line end for terminals. */
    public static OwnResponse json(int status, String text) {
        return new OwnResponse(
                status, "application/json", Headers.NONE, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A body of plain text. */
    public static OwnResponse text(int status, String text) {
        return new OwnResponse(status, "text/plain", Headers.NONE, text.getBytes(StandardCharsets.UTF_8));
    }

    /** No body. */
    public static OwnResponse empty(int status) {
        return new OwnResponse(status, "", Headers.NONE, NOTHING);
    }

    /** The same response with this header, which replaces one of its name. */
    public OwnResponse with(String name, String value) {
        return new OwnResponse(status, contentType, headers.with(name, value), body);
    }

    @Override
    public Headers allHeaders() {
        Headers typed = contentType.isEmpty() ? headers : headers.and("Content-Type", contentType);
        return typed.and("Cache-Control", "no-store");
    }

    @Override
    public void writeHeadTo(HttpServletResponse response) {
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        for (Header header : headers) response.setHeader(header.name(), header.value());
        if (!contentType.isEmpty()) writeTypeTo(contentType, response);
    }

    /** Sets the media type. Servers look for a charset in it, and some fail if they do not know it; then it is set without parameters. */
    static void writeTypeTo(String contentType, HttpServletResponse response) {
        try {
            response.setContentType(contentType);
        } catch (RuntimeException notUnderstood) {
            response.setContentType(contentType.split(";", 2)[0].strip());
        }
    }

    @Override
    public void writeTo(HttpServletResponse response, boolean withBody) throws IOException {
        writeHeadTo(response);
        if (status != HttpServletResponse.SC_NO_CONTENT && status != HttpServletResponse.SC_NOT_MODIFIED)
            response.setContentLength(body.length);
        if (withBody && body.length > 0) response.getOutputStream().write(body);
    }
}
