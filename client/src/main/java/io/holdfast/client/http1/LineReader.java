// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;

/** Reads lines that end with LF or CRLF, up to a limit of bytes for all of them. */
final class LineReader {
    private static final int LONGEST_HEAD = 1 << 20;

    private final InputStream in;
    private int ahead;
    private int room = LONGEST_HEAD;

    /** A reader of the stream. {@code ahead} is the first byte if it has been read already, else -1. */
    LineReader(int ahead, InputStream in) {
        this.ahead = ahead;
        this.in = in;
    }

    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = ahead >= 0 ? ahead : in.read(); next != '\n'; next = in.read()) {
            ahead = -1;
            if (next < 0) throw new EOFException("The connection was closed.");
            if (--room < 0) throw new MalformedMessageException("The head of the message is too long.");
            line.append((char) next);
        }
        ahead = -1;
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    /** Reads fields up to the empty line behind them. */
    HttpHeaders fields() throws IOException {
        Fields fields = new Fields();
        for (String line = next(); !line.isEmpty(); line = next())
            if (!fields.addLine(line)) throw new MalformedMessageException("A header is malformed.");
        return fields.toHeaders();
    }
}
