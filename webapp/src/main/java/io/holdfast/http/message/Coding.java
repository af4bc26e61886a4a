// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * The codings of a body (RFC 9110, 8.4): how it was compressed.
 *
 * @param names the codings in the order in which they were applied, in lower case, without {@code identity}
 */
public record Coding(List<String> names) {
    /** The header that names them. */
    public static final String HEADER = "Content-Encoding";

    /** The codings that can be undone, as a client may be told. */
    public static final String KNOWN = "gzip, deflate";

    /** No sender needs more, and each costs time. */
    private static final int MOST = 2;

    public Coding {
        names = List.copyOf(names);
    }

    /** The codings of a message with these headers. */
    public static Coding of(Headers headers) {
        return of(headers.all(HEADER));
    }

    /** The codings that these values of the header name. */
    public static Coding of(List<String> values) {
        List<String> names = new ArrayList<>();
        for (String value : values)
            for (String name : value.split(",", -1)) {
                String lower = name.strip().toLowerCase(Locale.ROOT);
                if (!lower.isEmpty() && !lower.equals("identity")) names.add(lower);
            }
        return new Coding(names);
    }

    @Override
    public String toString() {
        return String.join(", ", names);
    }

    /** Whether the body is as it was made. */
    public boolean isNone() {
        return names.isEmpty();
    }

    /** Whether the body can be decoded, as far as its headers say. */
    public boolean isKnown() {
        return names.size() <= MOST && names.stream().allMatch(Coding::isKnown);
    }

    private static boolean isKnown(String name) {
        return name.equals("gzip") || name.equals("x-gzip") || name.equals("deflate");
    }

    /**
     * The body without its codings, which must be {@linkplain #isKnown known}; empty if it is longer than that.
     *
     * @throws IOException if the body is not in that coding
     */
    public Optional<byte[]> decode(byte[] body, int most) throws IOException {
        List<String> last = new ArrayList<>(names);
        Collections.reverse(last);
        byte[] decoded = body;
        for (String name : last) {
            if (decoded.length == 0) break;
            decoded = name.equals("deflate") ? inflated(decoded, most) : unzipped(decoded, most);
            if (decoded.length > most) return Optional.empty();
        }
        return Optional.of(decoded);
    }

    private static byte[] unzipped(byte[] body, int most) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readNBytes(most + 1);
        }
    }

    private static byte[] inflated(byte[] body, int most) throws IOException {
        // Some programs leave out the frame of zlib, which RFC 9110 asks for.
        boolean framed =
                body.length > 1 && (body[0] & 0x0f) == 8 && ((body[0] & 0xff) << 8 | (body[1] & 0xff)) % 31 == 0;
        Inflater inflater = new Inflater(!framed);
        ByteArrayInputStream from = new ByteArrayInputStream(body);
        try (InputStream in = new InflaterInputStream(from, inflater)) {
            byte[] plain = in.readNBytes(most + 1);
            boolean isWhole = inflater.finished() && inflater.getRemaining() == 0 && from.available() == 0;
            if (plain.length <= most && !isWhole) throw new ZipException("It does not end where the body ends");
            return plain;
        } finally {
            inflater.end();
        }
    }
}
