// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Header lines in their order, repeats kept. Names are compared without case; values have one character for each byte. */
final class Headers {
    /** What is of the connection, or of how a body goes through it. */
    static final List<String> OF_THE_CONNECTION =
            List.of("Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade");

    private static final String GRIP = "Grip-";
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");

    private Headers() {}

    static Map.Entry<String, String> line(String name, String value) {
        return Map.entry(name, value);
    }

    /** The value of the first line of that name; null if there is none. */
    static @Nullable String first(List<Map.Entry<String, String>> headers, String name) {
        for (Map.Entry<String, String> header : headers)
            if (header.getKey().equalsIgnoreCase(name)) return header.getValue();
        return null;
    }

    static boolean has(List<Map.Entry<String, String>> headers, String name) {
        return first(headers, name) != null;
    }

    static List<Map.Entry<String, String>> without(List<Map.Entry<String, String>> headers, Iterable<String> names) {
        Set<String> gone = ignoringCase(names);
        return headers.stream()
                .filter(header -> !gone.contains(header.getKey()))
                .toList();
    }

    static Set<String> ignoringCase(Iterable<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.forEach(set::add);
        return set;
    }

    static List<Map.Entry<String, String>> withoutGrip(List<Map.Entry<String, String>> headers) {
        return headers.stream().filter(header -> !isGrip(header.getKey())).toList();
    }

    /** Whether the header is of the protocol and not for the client. */
    static boolean isGrip(String name) {
        return name.regionMatches(true, 0, GRIP, 0, GRIP.length());
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Text as a header value: its UTF-8, with a space for what would end the line or is no text. */
    static String wire(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    static List<Map.Entry<String, String>> wire(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .map(header -> line(header.getKey(), wire(header.getValue())))
                .collect(Collectors.toUnmodifiableList());
    }

    /** What a header value says: the text if it is UTF-8, else as it is. */
    static String text(String value) {
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
    static byte[] bytes(String value) {
        boolean decoded = value.chars().anyMatch(c -> c > 0xff);
        return value.getBytes(decoded ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }
}
