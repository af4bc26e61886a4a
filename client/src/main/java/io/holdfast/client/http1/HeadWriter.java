// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** The head of a message that is to be written. */
public final class HeadWriter {
    private final StringBuilder head;

    public HeadWriter(String start) {
        head = new StringBuilder(start).append("\r\n");
    }

    public HeadWriter add(String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    /** Adds the fields, but those that concern one connection only. */
    public HeadWriter addEndToEnd(HttpHeaders headers) {
        Fields.forEach(Fields.endToEnd(headers), this::add);
        return this;
    }

    /** Writes the head in one piece. */
    public void writeTo(OutputStream out) throws IOException {
        out.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
