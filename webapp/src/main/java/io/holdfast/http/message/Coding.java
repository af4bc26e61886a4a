// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;

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
        return decode(body, most, length -> {});
    }

    /**
     * The same; asks for room in memory before it is needed.
     *
     * @param room takes the number of bytes that are needed next; it throws an exception if there is no room for them
     */
    public Optional<byte[]> decode(byte[] body, int most, IntConsumer room) throws IOException {
        List<String> last = new ArrayList<>(names);
        Collections.reverse(last);
        Optional<byte[]> decoded = Optional.of(body);
        for (String name : last) {
            if (decoded.isEmpty() || decoded.get().length == 0) break;
            Decoder decoder = new Decoder(decoded.get(), most, room);
            decoded = name.equals("deflate") ? decoder.inflated() : decoder.unzipped();
        }
        return decoded;
    }
}
