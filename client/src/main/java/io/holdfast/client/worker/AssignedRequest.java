// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.WorkRequest;
import io.holdfast.client.http.Json;
import io.holdfast.client.http.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.function.Consumer;

/** The request of an assignment, as the handler sees it. */
final class AssignedRequest implements WorkRequest {

    /**
     * A body.
     *
     * @param in the bytes
     * @param length in bytes; -1 if it is unknown
     */
    record Body(InputStream in, long length) {}

    private final String id;
    private final RequestLine line;
    private final HttpHeaders headers;
    private final Body body;
    private final Consumer<String> progress;
    private final Cancellation cancellation;

    AssignedRequest(
            String id,
            RequestLine line,
            HttpHeaders headers,
            Body body,
            Consumer<String> progress,
            Cancellation cancellation) {
        this.id = id;
        this.line = line;
        this.headers = headers;
        this.body = body;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String method() {
        return line.method();
    }

    @Override
    public String path() {
        return line.target();
    }

    @Override
    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public InputStream body() {
        return body.in();
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public void progress(String json) throws IOException {
        if (!Json.mayBeJson(json)) throw new IOException("Progress must be JSON.");
        progress.accept(ascii(json));
    }

    /** The JSON on one line of ASCII, for a header. A character beyond ASCII can only be within a string. */
    private static String ascii(String json) {
        StringBuilder ascii = new StringBuilder(json.length());
        json.chars().forEach(c -> {
            if (c < ' ') ascii.append(' ');
            else if (c < 0x7f) ascii.append((char) c);
            else ascii.append(String.format("\\u%04x", c));
        });
        return ascii.toString();
    }

    @Override
    public boolean isCancelled() {
        return cancellation.isCancelled();
    }

    @Override
    public void onCancel(Runnable task) {
        cancellation.onCancel(task);
    }

    @Override
    public String toString() {
        return Wording.printable(method() + " " + path());
    }
}
