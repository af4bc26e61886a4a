// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.nio.ChunkDecoder;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Reads bodies in chunks, and fails if a body breaks off. The library accepts half a line as a line. It also takes the last chunk for the
 * end, although an empty line must follow.
 */
final class WholeChunks extends ChunkDecoder {
    private final Lines lines;

    WholeChunks(
            ReadableByteChannel channel,
            SessionInputBuffer buffer,
            Http1Config config,
            BasicHttpTransportMetrics metrics) {
        this(channel, new Lines(buffer), config, metrics);
    }

    private WholeChunks(
            ReadableByteChannel channel, Lines lines, Http1Config config, BasicHttpTransportMetrics metrics) {
        super(channel, lines, config, metrics);
        this.lines = lines;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int bytes = super.read(to);
        if (isCompleted() && !lines.lastWasEmpty) throw new ConnectionClosedException("The last chunk broke off");
        return bytes;
    }

    /** Passes only whole lines. */
    private static final class Lines implements SessionInputBuffer {
        private final SessionInputBuffer buffer;
        private boolean lastWasEmpty;

        Lines(SessionInputBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public boolean readLine(CharArrayBuffer line, boolean endOfStream) throws IOException {
            boolean whole = buffer.readLine(line, false);
            lastWasEmpty = whole && line.isEmpty();
            return whole;
        }

        @Override
        public boolean hasData() {
            return buffer.hasData();
        }

        @Override
        public int length() {
            return buffer.length();
        }

        @Override
        public int fill(ReadableByteChannel from) throws IOException {
            return buffer.fill(from);
        }

        @Override
        public int read() {
            return buffer.read();
        }

        @Override
        public int read(ByteBuffer to, int most) {
            return buffer.read(to, most);
        }

        @Override
        public int read(ByteBuffer to) {
            return buffer.read(to);
        }

        @Override
        public int read(WritableByteChannel to, int most) throws IOException {
            return buffer.read(to, most);
        }

        @Override
        public int read(WritableByteChannel to) throws IOException {
            return buffer.read(to);
        }
    }
}
