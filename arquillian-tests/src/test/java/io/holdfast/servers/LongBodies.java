// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Origin;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bodies of any length that go to a backend and back on one connection. Digests are compared, and one side may read slowly. */
final class LongBodies implements AutoCloseable {
    private static final int PIECE = 64 * 1024, PATIENCE_MILLIS = 30_000;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int THERE = 1, BACK = 2; // seeds
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: (\\d+)\r\n");

    private final Socket socket;
    private final InputStream in;
    private final String path;

    /** The framing of a body. */
    enum Kind {
        MEASURED,
        CHUNKED
    }

    /** The side that reads slowly. */
    enum Slow {
        NOBODY,
        BACKEND,
        CLIENT
    }

    private LongBodies(URI base) throws IOException {
        socket = new Socket(base.getHost(), base.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
        path = base.getPath();
    }

    /** A backend that answers every body with one of the same length and kind. */
    static Origin backend() throws IOException {
        return Origin.raw((in, out) -> {
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                Body body = Body.read(in, head, head.contains(" /long/" + Slow.BACKEND));
                send(out, "HTTP/1.1 200 OK\r\nX-Digest: " + body.digest + "\r\n", BACK, body.length, kind(head));
            }
        });
    }

    /** Connects to that server. */
    static LongBodies through(URI base) throws IOException {
        return new LongBodies(base);
    }

    /** Sends a body of this length and kind to the backend, and checks the response. */
    void exchange(int length, Kind kind, Slow slow) throws IOException {
        String what = length + " bytes, " + kind + ", slow: " + slow;
        send(
                socket.getOutputStream(),
                "POST " + path + "long/" + slow + " HTTP/1.1\r\nHost: localhost\r\n",
                THERE,
                length,
                kind);
        String head = head(in);
        assertTrue(head.startsWith("HTTP/1.1 200 "), what + ": " + head);
        assertTrue(head.contains("\r\nX-Digest: " + digest(THERE, length) + "\r\n"), what + ": " + head);
        Body body = Body.read(in, head, slow == Slow.CLIENT);
        assertEquals(new Body(length, digest(BACK, length)), body, what);
    }

    private static Kind kind(String head) {
        return LENGTH.matcher(head).find() ? Kind.MEASURED : Kind.CHUNKED;
    }

    private static void send(OutputStream out, String head, int seed, int length, Kind kind) throws IOException {
        String framing = kind == Kind.CHUNKED ? "Transfer-Encoding: chunked" : "Content-Length: " + length;
        write(out, head + framing + "\r\n\r\n");
        Random random = new Random(seed);
        for (int left = length; left > 0; left -= PIECE) {
            byte[] piece = piece(random, left);
            if (kind == Kind.CHUNKED) write(out, Integer.toHexString(piece.length) + "\r\n");
            out.write(piece);
            if (kind == Kind.CHUNKED) write(out, "\r\n");
        }
        if (kind == Kind.CHUNKED) write(out, "0\r\n\r\n");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] piece(Random random, int most) {
        byte[] piece = new byte[PIECE];
        random.nextBytes(piece);
        return most < PIECE ? Arrays.copyOf(piece, most) : piece;
    }

    private static String digest(int seed, int length) {
        MessageDigest digest = sha256();
        Random random = new Random(seed);
        for (int left = length; left > 0; left -= PIECE) digest.update(piece(random, left));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The head, with the empty line at its end; nothing if the connection ends before. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
            int next = in.read();
            if (next < 0) return "";
            head.append((char) next);
        }
        return head.toString();
    }

    private record Body(int length, String digest) {

        static Body read(InputStream in, String head, boolean slowly) throws IOException {
            MessageDigest digest = sha256();
            Matcher measured = LENGTH.matcher(head);
            int all = 0;
            if (measured.find()) {
                all = Integer.parseInt(measured.group(1));
                take(in, all, digest, slowly);
            } else {
                for (int size = size(in); size > 0; size = size(in)) {
                    take(in, size, digest, slowly);
                    all += size;
                    in.skipNBytes(2);
                }
                in.skipNBytes(2);
            }
            return new Body(all, HexFormat.of().formatHex(digest.digest()));
        }

        private static int size(InputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) throw new EOFException();
                line.append((char) next);
            }
            return Integer.parseInt(line.toString().strip(), 16);
        }

        private static void take(InputStream in, int length, MessageDigest digest, boolean slowly) throws IOException {
            byte[] piece = new byte[PIECE];
            for (int left = length; left > 0; ) {
                int read = in.readNBytes(piece, 0, Math.min(left, PIECE));
                if (read == 0) throw new EOFException(left + " bytes are missing");
                digest.update(piece, 0, read);
                left -= read;
                if (slowly && read == PIECE) LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
