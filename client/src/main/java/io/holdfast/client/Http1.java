// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Messages of HTTP/1.1 as they are on a connection (RFC 9112): on the side of whoever is asked, and of whoever asks. */
final class Http1 {
    /** How long a body is of which nobody knows. */
    static final long UNKNOWN = -1;

    private static final int LONGEST_HEAD = 1 << 20, PIECE = 16 * 1024;
    private static final int MOST_EMPTY_LINES = 4, MOST_SIZE_DIGITS = 15;
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "expect");

    private Http1() {}

    /** It is no HTTP, or not what is understood here. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * What a message begins with.
     *
     * @param start its first line
     */
    record Head(String start, HttpHeaders headers) {

        /** The status, if it is the head of a response. */
        int status() throws MalformedException {
            Matcher line = STATUS_LINE.matcher(start);
            if (!line.matches()) throw new MalformedException("It does not speak HTTP/1.1.");
            return Integer.parseInt(line.group(1));
        }

        String value(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** Whether a header, which is a list, has this word. */
        boolean has(String name, String word) {
            return headers.allValues(name).stream()
                    .flatMap(value -> Arrays.stream(value.split(",", -1)))
                    .anyMatch(one -> one.strip().equalsIgnoreCase(word));
        }

        /** The length of the body as it is told; {@link #UNKNOWN} if it is in chunks, and missing if nothing is said. */
        long length(long missing) throws MalformedException {
            List<String> codings = headers.allValues("Transfer-Encoding");
            Set<String> lengths = new HashSet<>(headers.allValues("Content-Length"));
            if (!codings.isEmpty()) {
                if (!lengths.isEmpty()) throw new MalformedException("It has a length, and is in chunks.");
                if (codings.size() > 1 || !codings.get(0).strip().equalsIgnoreCase("chunked"))
                    throw new MalformedException("Its Transfer-Encoding is not understood.");
                return UNKNOWN;
            }
            if (lengths.isEmpty()) return missing;
            String length = lengths.iterator().next().strip();
            if (lengths.size() > 1 || !LENGTH.matcher(length).matches())
                throw new MalformedException("Its Content-Length is none.");
            return Long.parseLong(length);
        }
    }

    /** Reads a head whose first byte, or -1, has been read already. */
    static Head head(int first, InputStream in) throws IOException {
        Lines lines = new Lines(first, in);
        String start = lines.next();
        for (int empty = 0; start.isEmpty() && empty < MOST_EMPTY_LINES; empty++) start = lines.next();
        return new Head(start, headers(lines));
    }

    private static HttpHeaders headers(Lines lines) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon);
            String value = line.substring(colon + 1).strip();
            if (!isHeader(name, value)) throw new MalformedException("A header is malformed.");
            headers.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }
        return HttpHeaders.of(headers, (name, value) -> true);
    }

    /** Whether it can be one. */
    static boolean isHeader(String name, String value) {
        return NAME.matcher(name).matches() && VALUE.matcher(value).matches();
    }

    /** Those that do not concern one connection only. */
    static HttpHeaders endToEnd(HttpHeaders all) {
        Set<String> named = new HashSet<>();
        for (String value : all.allValues("Connection"))
            for (String word : value.split(",", -1)) named.add(word.strip().toLowerCase(Locale.ROOT));
        return HttpHeaders.of(all.map(), (name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            return !HOP_BY_HOP.contains(lower) && !named.contains(lower);
        });
    }

    /** Lines that end with LF or CRLF, up to so many bytes. */
    private static final class Lines {
        private final InputStream in;
        private int ahead;
        private int room = LONGEST_HEAD;

        Lines(int ahead, InputStream in) {
            this.ahead = ahead;
            this.in = in;
        }

        String next() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = ahead >= 0 ? ahead : in.read(); next != '\n'; next = in.read()) {
                ahead = -1;
                if (next < 0) throw new EOFException("The connection was closed.");
                if (--room < 0) throw new MalformedException("Its head is too long.");
                line.append((char) next);
            }
            ahead = -1;
            int end = line.length();
            return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
        }
    }

    /** A body of so many bytes; if it is {@link #UNKNOWN}, in chunks. Tells of its end once, on the thread that reads it. */
    static InputStream body(InputStream in, long length, Runnable ended) {
        return length == UNKNOWN ? new Chunks(in, ended) : new Fixed(in, length, ended);
    }

    private abstract static class Body extends InputStream {
        private final Runnable whenEnded;
        private boolean over;

        Body(Runnable whenEnded) {
            this.whenEnded = whenEnded;
        }

        final boolean isOver() {
            return over;
        }

        final void end() {
            if (over) return;
            over = true;
            whenEnded.run();
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
        private final InputStream in;
        private long left;

        Fixed(InputStream in, long length, Runnable ended) {
            super(ended);
            this.in = in;
            this.left = length;
            if (left == 0) end();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (isOver()) return -1;
            if (length == 0) return 0;
            int read = in.read(bytes, offset, (int) Math.min(left, length));
            if (read < 0) throw new EOFException("The connection was closed within a body.");
            left -= read;
            if (left == 0) end();
            return read;
        }
    }

    private static final class Chunks extends Body {
        private final InputStream in;
        private long left;
        private boolean begun;

        Chunks(InputStream in, Runnable ended) {
            super(ended);
            this.in = in;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (isOver()) return -1;
            if (length == 0) return 0;
            if (left == 0 && !next()) return -1;
            int read = in.read(bytes, offset, (int) Math.min(left, length));
            if (read < 0) throw new EOFException("The connection was closed within a body.");
            left -= read;
            return read;
        }

        private boolean next() throws IOException {
            Lines lines = new Lines(-1, in);
            if (begun && !lines.next().isEmpty()) throw new MalformedException("A chunk has no end.");
            begun = true;
            String line = lines.next();
            int extension = line.indexOf(';');
            String size = (extension < 0 ? line : line.substring(0, extension)).strip();
            if (!size.matches("[0-9a-fA-F]{1," + MOST_SIZE_DIGITS + "}"))
                throw new MalformedException("A chunk has no size.");
            left = Long.parseLong(size, 16);
            if (left > 0) return true;
            headers(lines); // trailers, which nobody wants
            end();
            return false;
        }
    }

    /** Writes a head at once. */
    static void write(OutputStream out, String start, List<Map.Entry<String, String>> headers) throws IOException {
        StringBuilder head = new StringBuilder(start).append("\r\n");
        for (Map.Entry<String, String> header : headers)
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Whoever is written to does not take it. */
    static final class PeerException extends IOException {
        private static final long serialVersionUID = 1;

        PeerException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Writes a body of so many bytes, each piece as soon as it is there; if it is {@link #UNKNOWN}, all there is. */
    static void copy(InputStream body, OutputStream out, long length, boolean chunked) throws IOException {
        InputStream all = length == UNKNOWN ? body : new Fixed(body, length, () -> {});
        byte[] piece = new byte[PIECE];
        for (int read = all.read(piece); read >= 0; read = all.read(piece))
            if (chunked) put(out, chunk(piece, read));
            else put(out, Arrays.copyOf(piece, read));
        if (chunked) put(out, LAST_CHUNK);
    }

    private static void put(OutputStream out, byte[] bytes) throws PeerException {
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
