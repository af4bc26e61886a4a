// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bodies of messages: of a known length, or in chunks. */
public final class MessageBody {
    /** The length of a body that comes in chunks, or up to the end of its stream. */
    public static final long UNKNOWN = -1;

    private static final int PIECE = 16 * 1024, MOST_SIZE_DIGITS = 15;
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private MessageBody() {}

    /**
     * Reads a body.
     *
     * @param length in bytes; {@link #UNKNOWN} if the body comes in chunks
     * @param onEnd runs once, on the thread that reads the end; at once if the length is 0
     */
    public static InputStream read(InputStream in, long length, Runnable onEnd) {
        return length == UNKNOWN ? new Chunks(in, onEnd) : new Fixed(in, length, onEnd);
    }

    private abstract static class Body extends InputStream {
        private final InputStream in;
        private final Runnable onEnd;
        private boolean ended;

        Body(InputStream in, Runnable onEnd) {
            this.in = in;
            this.onEnd = onEnd;
        }

        final boolean hasEnded() {
            return ended;
        }

        final void end() {
            if (ended) return;
            ended = true;
            onEnd.run();
        }

        final int readUpTo(long left, byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, (int) Math.min(left, length));
            if (read < 0) throw new EOFException("The connection was closed within a body.");
            return read;
        }

        @Override
        public abstract int read(byte[] bytes, int offset, int length) throws IOException;

        @Override
        public final int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }
    }

    private static final class Fixed extends Body {
        private long left;

        Fixed(InputStream in, long length, Runnable onEnd) {
            super(in, onEnd);
            this.left = length;
            if (left == 0) end();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (hasEnded()) return -1;
            if (length == 0) return 0;
            int read = readUpTo(left, bytes, offset, length);
            left -= read;
            if (left == 0) end();
            return read;
        }
    }

    private static final class Chunks extends Body {
        private final InputStream in;
        private long left;
        private boolean begun;

        Chunks(InputStream in, Runnable onEnd) {
            super(in, onEnd);
            this.in = in;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (hasEnded()) return -1;
            if (length == 0) return 0;
            if (left == 0 && !beginChunk()) return -1;
            int read = readUpTo(left, bytes, offset, length);
            left -= read;
            return read;
        }

        private boolean beginChunk() throws IOException {
            LineReader lines = new LineReader(-1, in);
            if (begun && !lines.next().isEmpty()) throw new MalformedMessageException("A chunk has no end.");
            begun = true;
            String line = lines.next();
            int extension = line.indexOf(';');
            String size = (extension < 0 ? line : line.substring(0, extension)).strip();
            if (!size.matches("[0-9a-fA-F]{1," + MOST_SIZE_DIGITS + "}"))
                throw new MalformedMessageException("A chunk has no size.");
            left = Long.parseLong(size, 16);
            if (left > 0) return true;
            lines.fields(); // trailers, which this client does not use
            end();
            return false;
        }
    }

    /** Writes a body of so many bytes, each piece as soon as it can be read; of all there is if the length is {@link #UNKNOWN}. */
    public static void copy(InputStream body, OutputStream out, long length, boolean chunked) throws IOException {
        InputStream all = length == UNKNOWN ? body : new Fixed(body, length, () -> {});
        byte[] piece = new byte[PIECE];
        for (int read = all.read(piece); read >= 0; read = all.read(piece))
            write(out, chunked ? chunk(piece, read) : Arrays.copyOf(piece, read));
        if (chunked) write(out, LAST_CHUNK);
    }

    private static void write(OutputStream out, byte[] bytes) throws PeerException {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new PeerException(e);
        }
    }

    private static byte[] chunk(byte[] piece, int length) {
        byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] chunk = Arrays.copyOf(size, size.length + length + CRLF.length);
        System.arraycopy(piece, 0, chunk, size.length, length);
        System.arraycopy(CRLF, 0, chunk, size.length + length, CRLF.length);
        return chunk;
    }
}
