// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The values of header fields as text: a field has one character for each byte, a text has characters. */
public final class HeaderText {
    /** The headers that belong to a connection, or to the transfer of a body on it. */
    public static final List<String> OF_THE_CONNECTION =
            List.of("Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade");

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");

    private HeaderText() {}

    /** Text as a header value: its UTF-8, with spaces for control characters. */
    public static String wire(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    public static Headers wire(Headers headers) {
        return new Headers(headers.list().stream()
                .map(header -> new Header(header.name(), wire(header.value())))
                .toList());
    }

    /** The text of a header value: decoded if it is UTF-8, else as it is. */
    public static String text(String value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(value)))
                    .toString();
        } catch (CharacterCodingException e) {
            return value;
        }
    }

    /** The bytes of a header value; the UTF-8 of one that was decoded already. */
    public static byte[] bytes(String value) {
        boolean decoded = value.chars().anyMatch(c -> c > 0xff);
        return value.getBytes(decoded ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }
}
