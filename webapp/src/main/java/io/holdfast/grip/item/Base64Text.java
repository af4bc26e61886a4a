// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/** Base64 as publishers write it: padded or not, with or without line ends. Other characters are skipped. */
public final class Base64Text {
    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9+/]");

    private Base64Text() {}

    public static byte[] decode(String text) {
        String plain = OTHER.matcher(text).replaceAll("");
        // A single character at the end has too few bits for a byte.
        int whole = plain.length() % 4 == 1 ? plain.length() - 1 : plain.length();
        return Base64.getDecoder().decode(plain.substring(0, whole).getBytes(StandardCharsets.ISO_8859_1));
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
