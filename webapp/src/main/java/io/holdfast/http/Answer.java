// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/**
 * A complete small answer, encoded once however many requests it goes to. Never stored by caches.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body; empty when there is no body
 * @param headers further headers
 * @param body the body; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, shared by thousands
public record Answer(int status, String contentType, Map<String, String> headers, byte[] body) implements Reply {
    private static final byte[] NOTHING = {};

    /** A body of JSON text, and a line end so that it is pleasant in a terminal. */
    public static Answer json(int status, String text) {
        return new Answer(status, "application/json", Map.of(), (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A body of plain text. */
    public static Answer text(int status, String text) {
        return new Answer(status, "text/plain", Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** No body at all. */
    public static Answer empty(int status) {
        return new Answer(status, "", Map.of(), NOTHING);
    }

    /** The same answer with one header more. */
    public Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, Map.copyOf(more), body);
    }

    @Override
    public List<Entry<String, String>> lines() {
        List<Entry<String, String>> lines = new ArrayList<>(headers.entrySet());
        if (!contentType.isEmpty()) lines.add(Map.entry("Content-Type", contentType));
        lines.add(Map.entry("Cache-Control", "no-store"));
        return lines;
    }

    @Override
    public void writeHeadTo(HttpServletResponse response) {
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        headers.forEach(response::setHeader);
        if (!contentType.isEmpty()) writeTypeTo(contentType, response);
    }

    /** Servers look for a charset in it, and some fail where they do not know that; the bytes are what they are in any case. */
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
        if (status != HttpServletResponse.SC_NO_CONTENT) response.setContentLength(body.length);
        if (withBody && body.length > 0) response.getOutputStream().write(body);
    }
}
