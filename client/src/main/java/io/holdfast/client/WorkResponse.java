// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a worker answers. Its body is read as it goes to the client, and then closed. */
public final class WorkResponse {
    private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);
    private static final int LEAST_STATUS = 200, MOST_STATUS = 599;

    private final int status;
    private final HttpHeaders headers;
    private final InputStream body;
    private final long length;

    private WorkResponse(int status, HttpHeaders headers, InputStream body, long length) {
        if (status < LEAST_STATUS || status > MOST_STATUS)
            throw new IllegalArgumentException("A status must be from 200 to 599, not " + status + ".");
        headers.map()
                .forEach((name, values) -> values.forEach(value -> {
                    if (!Http1.isHeader(name, value))
                        throw new IllegalArgumentException("This is no header: " + Printable.cut(name + ": " + value));
                }));
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.length = length;
    }

    /** One without a body. */
    public static WorkResponse of(int status) {
        return of(status, NONE, InputStream.nullInputStream(), 0);
    }

    /** One with a text of this media type, in UTF-8. */
    public static WorkResponse of(int status, String type, String text) {
        return of(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** One with these bytes, of this media type. */
    public static WorkResponse of(int status, String type, byte[] bytes) {
        return of(status, NONE, new ByteArrayInputStream(bytes), bytes.length).with("Content-Type", type);
    }

    /**
     * One with these headers, of which those of the connection are not passed on, and this body.
     *
     * @param length of the body, in bytes; -1 if nobody knows
     */
    public static WorkResponse of(int status, HttpHeaders headers, InputStream body, long length) {
        return new WorkResponse(status, headers, body, length);
    }

    /** The same with a header more. */
    public WorkResponse with(String name, String value) {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.map().forEach((one, values) -> all.put(one, new ArrayList<>(values)));
        all.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        return new WorkResponse(status, HttpHeaders.of(all, (one, any) -> true), body, length);
    }

    /** The status. */
    public int status() {
        return status;
    }

    /** The headers. */
    public HttpHeaders headers() {
        return headers;
    }

    /** The body. */
    public InputStream body() {
        return body;
    }

    /** How long the body is, in bytes; -1 if nobody knows. */
    public long length() {
        return length;
    }

    /** Whether it has a body, as the answer to that method. */
    boolean hasBody(String method) {
        return length != 0 && !method.equals("HEAD") && status != 204 && status != 304;
    }

    /** Lets go of the body. */
    void close() {
        try {
            body.close();
        } catch (IOException e) {
            // It was used already.
        }
    }
}
