// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Encodes and decodes UTF-8. Malformed input is refused, not replaced. */
final class Text {

    private Text() {}

    static String of(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    static byte[] bytes(String text) throws CharacterCodingException {
        ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    /** Keeps visible ASCII except the percent sign; all other characters become the percent-encoded bytes of their UTF-8. */
    static String inHeader(String text) {
        StringBuilder shown = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8))
            if (each > ' ' && each < 0x7f && each != '%') shown.append((char) each);
            else shown.append(String.format("%%%02X", each));
        return shown.toString();
    }
}
