// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import java.io.IOException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.nio.NHttpMessageParser;
import org.apache.hc.core5.http.nio.NHttpMessageWriter;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.http.nio.SessionOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads of responses strictly. The library accepts a head that breaks off as a complete one, and bytes after a response as the next
 * response. Both are errors here.
 */
final class WholeHeads implements NHttpMessageParser<HttpResponse> {
    private final NHttpMessageParser<HttpResponse> parser;
    private volatile boolean asked;

    WholeHeads(NHttpMessageParser<HttpResponse> parser) {
        this.parser = parser;
    }

    /** A writer for the heads of requests. It notes that a response may come. */
    NHttpMessageWriter<HttpRequest> writer(NHttpMessageWriter<HttpRequest> writer) {
        return new NHttpMessageWriter<>() {
            @Override
            public void reset() {
                writer.reset();
            }

            @Override
            public void write(HttpRequest request, SessionOutputBuffer buffer) throws IOException, HttpException {
                asked = true;
                writer.write(request, buffer);
            }
        };
    }

    @Override
    public void reset() {
        parser.reset();
    }

    @Override
    @SuppressWarnings("NullAway") // the library returns null while the head is incomplete
    public @Nullable HttpResponse parse(SessionInputBuffer buffer, boolean endOfStream)
            throws IOException, HttpException {
        if (!asked && buffer.hasData()) throw new ConnectionClosedException("Nothing was asked");
        HttpResponse head = parser.parse(buffer, false);
        if (head != null && head.getCode() >= HttpStatus.SC_SUCCESS) asked = false;
        if (head == null && endOfStream && buffer.hasData()) throw new ConnectionClosedException("The head broke off");
        return head;
    }
}
