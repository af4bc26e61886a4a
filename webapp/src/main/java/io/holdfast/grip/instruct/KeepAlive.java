// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.grip.item.Base64Text;
import io.holdfast.http.message.HeaderParameters;
import io.holdfast.http.message.HeaderText;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that are written to a held stream to show that it is alive.
 *
 * @param data the bytes, at least one; shared, never changed
 * @param timeout in seconds, at least 1
 * @param mode when the time begins anew
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record KeepAlive(byte[] data, int timeout, Mode mode) {
    /** In seconds. */
    static final int DEFAULT_TIMEOUT = 55;

    private static final int SPREAD_MILLIS = 1_000;

    /** When the time until the next keep-alive begins. */
    public enum Mode {
        /** With every write. */
        IDLE,
        /** With the previous keep-alive. */
        INTERVAL
    }

    public KeepAlive {
        timeout = Math.max(1, timeout);
    }

    /** The time until the next one, in milliseconds: up to a second less than its time, which spreads a crowd. */
    public long pause(RandomGenerator random) {
        return timeout * 1_000L - random.nextInt(SPREAD_MILLIS);
    }

    /**
     * The keep-alive of a {@code Grip-Keep-Alive} header; empty if it has no bytes.
     *
     * @throws InstructException saying what is wrong
     */
    static Optional<KeepAlive> parse(String header) {
        return header.isBlank()
                ? Optional.empty()
                : HeaderParameters.word(header).flatMap(KeepAlive::of);
    }

    private static Optional<KeepAlive> of(HeaderParameters parameters) {
        if (parameters.first().isEmpty()) throw new InstructException("Grip-Keep-Alive cannot be empty");
        Mode mode = mode(given(parameters, "mode", "idle"));
        int timeout = timeout(parameters.get("timeout"));
        byte[] data = data(parameters.first(), given(parameters, "format", "raw"));
        return data.length == 0 ? Optional.empty() : Optional.of(new KeepAlive(data, timeout, mode));
    }

    private static String given(HeaderParameters parameters, String name, String otherwise) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static Mode mode(String name) {
        return switch (name) {
            case "idle" -> Mode.IDLE;
            case "interval" -> Mode.INTERVAL;
            default -> throw new InstructException("no such Grip-Keep-Alive mode '" + HeaderText.text(name) + "'");
        };
    }

    private static int timeout(@Nullable String text) {
        return text == null
                ? DEFAULT_TIMEOUT
                : InstructParser.seconds(
                        text,
                        "failed to parse Grip-Keep-Alive timeout value",
                        "Grip-Keep-Alive timeout has invalid value");
    }

    private static byte[] data(String text, String format) {
        return switch (format) {
            case "raw" -> HeaderText.bytes(text);
            case "cstring" -> unescaped(HeaderText.bytes(text));
            case "base64" -> Base64Text.decode(text);
            default -> throw new InstructException("no such Grip-Keep-Alive format '" + HeaderText.text(format) + "'");
        };
    }

    /** Knows {@code \\}, {@code \r}, {@code \n} and {@code \x} with two hexadecimal digits; other escapes stand for nothing. */
    private static byte[] unescaped(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < text.length; at++) {
            if (text[at] != '\\') {
                out.write(text[at]);
                continue;
            }
            switch (byteAt(text, ++at)) {
                case '\\' -> out.write('\\');
                case 'r' -> out.write('\r');
                case 'n' -> out.write('\n');
                case 'x' -> out.write(hex(byteAt(text, ++at)) << 4 | hex(byteAt(text, ++at)));
                default -> {}
            }
        }
        if (out.size() == 0) throw notCstring();
        return out.toByteArray();
    }

    private static byte byteAt(byte[] text, int at) {
        if (at >= text.length) throw notCstring();
        return text[at];
    }

    private static int hex(byte digit) {
        int value = Character.digit(digit, 16);
        if (value < 0) throw notCstring();
        return value;
    }

    private static InstructException notCstring() {
        return new InstructException("failed to parse Grip-Keep-Alive cstring format");
    }
}
