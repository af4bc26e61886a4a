// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.function.Consumer;

/** A request that this worker was given to perform. */
public final class WorkRequest {
    private final String id;
    private final String method;
    private final String path;
    private final HttpHeaders headers;
    private final InputStream body;
    private final long length;
    private final Consumer<String> progress;
    private final Cancellation cancellation;

    WorkRequest(
            String id,
            String method,
            String path,
            HttpHeaders headers,
            InputStream body,
            long length,
            Consumer<String> progress,
            Cancellation cancellation) {
        this.id = id;
        this.method = method;
        this.path = path;
        this.headers = headers;
        this.body = body;
        this.length = length;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /** What it is called in logs: its {@code Work-Id}, or {@code X-Request-Id}; - if it has none. */
    public String id() {
        return id;
    }

    /** The method. */
    public String method() {
        return method;
    }

    /** What was asked for: the path within the queue, and the query. */
    public String path() {
        return path;
    }

    /** The headers, but those of the connection. */
    public HttpHeaders headers() {
        return headers;
    }

    /** The body, as it comes. Reading it fails if it breaks off. */
    public InputStream body() {
        return body;
    }

    /** How long the body is, in bytes; -1 if nobody knows. */
    public long length() {
        return length;
    }

    /** Says how far it is, in JSON, to whoever looks at the job. */
    public void progress(String json) throws IOException {
        try {
            Wire.value(json);
        } catch (Unreadable e) {
            throw new IOException("Progress must be JSON.", e);
        }
        progress.accept(ascii(json));
    }

    /** On one line, for the header of a connection. Whatever is beyond ASCII is within a string. */
    private static String ascii(String json) {
        StringBuilder ascii = new StringBuilder(json.length());
        json.chars().forEach(c -> {
            if (c < ' ') ascii.append(' ');
            else if (c < 0x7f) ascii.append((char) c);
            else ascii.append(String.format("\\u%04x", c));
        });
        return ascii.toString();
    }

    /** Whether nobody wants the response any more. */
    public boolean isCancelled() {
        return cancellation.isCancelled();
    }

    /** Runs the task when nobody wants the response any more, at once if that is so; the handler's thread is interrupted, too. */
    public void onCancel(Runnable task) {
        cancellation.onCancel(task);
    }

    Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public String toString() {
        return Printable.cut(method + " " + path);
    }
}
