// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.http.Wording;
import io.holdfast.client.http1.Fields;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** The response of a worker. The client reads its body while it sends it, and closes it afterwards. */
public final class WorkResponse {
    private static final int LEAST_STATUS = 200, MOST_STATUS = 599;

    private final int status;
    private final HttpHeaders headers;
    private final InputStream body;
    private final long length;

    private WorkResponse(int status, HttpHeaders headers, InputStream body, long length) {
        if (status < LEAST_STATUS || status > MOST_STATUS)
            throw new IllegalArgumentException("A status must be from 200 to 599, not " + status + ".");
        Fields.forEach(headers, (name, value) -> {
            if (!Fields.isValid(name, value))
                throw new IllegalArgumentException(
                        "The header is malformed: " + Wording.printable(name + ": " + value));
        });
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.length = length;
    }

    /** A response without a body. */
    public static WorkResponse of(int status) {
        return of(status, Fields.NONE, InputStream.nullInputStream(), 0);
    }

    /** A response with a text of this media type, in UTF-8. */
    public static WorkResponse of(int status, String type, String text) {
        return of(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A response with bytes of this media type. */
    public static WorkResponse of(int status, String type, byte[] bytes) {
        return of(status, Fields.NONE, new ByteArrayInputStream(bytes), bytes.length)
                .with("Content-Type", type);
    }

    /**
     * A response with this body.
     *
     * @param status from 200 to 599
     * @param headers the headers; those that concern one connection only are not passed on
     * @param length the length of the body in bytes; -1 if it is unknown
     */
    public static WorkResponse of(int status, HttpHeaders headers, InputStream body, long length) {
        return new WorkResponse(status, headers, body, length);
    }

    /** The same response with one more header. */
    public WorkResponse with(String name, String value) {
        Fields all = new Fields();
        Fields.forEach(headers, all::add);
        return new WorkResponse(status, all.add(name, value).toHeaders(), body, length);
    }

    public int status() {
        return status;
    }

    public HttpHeaders headers() {
        return headers;
    }

    public InputStream body() {
        return body;
    }

    /** The length of the body in bytes; -1 if it is unknown. */
    public long length() {
        return length;
    }
}
