// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The values of header fields as text: a field has one character for each byte, a text has characters. */
public final class HeaderText {
    /** What is of the connection, or of how a body goes through it. */
    public static final List<String> OF_THE_CONNECTION =
            List.of("Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade");

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");

    private HeaderText() {}

    /** Text as a header value: its UTF-8, with a space for what would end the line or is no text. */
    public static String wire(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    public static Headers wire(Headers headers) {
        return new Headers(headers.list().stream()
                .map(header -> new Header(header.name(), wire(header.value())))
                .toList());
    }

    /** What a header value says: the text if it is UTF-8, else as it is. */
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

    /** The bytes of a header value; of one that was decoded already, its UTF-8. */
    public static byte[] bytes(String value) {
        boolean decoded = value.chars().anyMatch(c -> c > 0xff);
        return value.getBytes(decoded ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }
}
