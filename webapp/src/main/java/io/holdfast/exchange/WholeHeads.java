// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.exchange;

import java.io.IOException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.NHttpMessageParser;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/** Reads heads of responses: one that breaks off is none, although the library would take it for whole, and for all there is. */
final class WholeHeads implements NHttpMessageParser<HttpResponse> {
    private final NHttpMessageParser<HttpResponse> parser;

    WholeHeads(NHttpMessageParser<HttpResponse> parser) {
        this.parser = parser;
    }

    @Override
    public void reset() {
        parser.reset();
    }

    @Override
    @SuppressWarnings("NullAway") // the library says null where there is no whole head yet
    public @Nullable HttpResponse parse(SessionInputBuffer buffer, boolean endOfStream)
            throws IOException, HttpException {
        HttpResponse head = parser.parse(buffer, false);
        if (head == null && endOfStream && buffer.hasData()) throw new ConnectionClosedException("The head broke off");
        return head;
    }
}
