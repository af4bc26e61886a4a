// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Texts that a peer may send where JSON is expected, and what each of them is. Every room that reads JSON is tested with all of them. */
public final class JsonCases {
    /** The kind of a text. */
    public enum Kind {
        OBJECT,
        ARRAY,
        SCALAR,
        NOT_JSON,
        NOT_UTF_8
    }

    /**
     * One text.
     *
     * @param name by which a failure is found
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Case(String name, byte[] bytes, Kind kind) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Map<Kind, List<String>> SHORT = Map.of(
            Kind.OBJECT,
                    List.of(
                            "{}",
                            " {\"a\":1}\r\n",
                            "{\"\":\"\"}",
                            "{\"a\":1,\"a\":2}",
                            "{\"a\":\"\\ud800\"}",
                            "{\"\\udc00\\ud800\":0}",
                            "{\"a\":\"\\ud83d\\ude00 \u2028 é€😀\\u0000\"}",
                            "{\"a\":1e999999999,\"b\":-1E-999999999,\"c\":-0}",
                            "{\"a\":[[],{},null,true,false]}"),
            Kind.ARRAY, List.of("[]", "[1]", "[null]", "[[]]", "[\"x\"]", "[1e999999999]", "[{\"data\":\"\\ud800\"}]"),
            Kind.SCALAR,
                    List.of("null", "true", " false ", "0", "-0.5e-9", "1e999999999", "\"\"", "\"\\ud800\"", "\"{}\""),
            Kind.NOT_JSON,
                    List.of(
                            "",
                            " ",
                            "nul",
                            "nulll",
                            "True",
                            "NaN",
                            "Infinity",
                            "-Infinity",
                            "-",
                            "+1",
                            "01",
                            "1.",
                            ".5",
                            "0x1",
                            "1e",
                            "1 2",
                            "null null",
                            "[",
                            "]",
                            "[1",
                            "[1,",
                            "[1,]",
                            "[,1]",
                            "[1 2]",
                            "[1]]",
                            "[1] [2]",
                            "[1] x",
                            "[1]//",
                            "/**/[1]",
                            "{",
                            "}",
                            "{\"a",
                            "{\"a\"",
                            "{\"a\":",
                            "{\"a\":1",
                            "{\"a\":1,",
                            "{\"a\":1,}",
                            "{\"a\"}",
                            "{\"a\" 1}",
                            "{a:1}",
                            "{'a':1}",
                            "{1:1}",
                            "{null:1}",
                            "{\"a\":1}}",
                            "{\"a\":1} {}",
                            "{\"a\":1} x",
                            "{\"a\":NaN}",
                            "{]",
                            "[}",
                            "\"",
                            "\"a",
                            "'a'",
                            "\"\\",
                            "\"\\x\"",
                            "\"\\u12\"",
                            "\"\\u12g4\"",
                            "\"\n\"",
                            "\"\t\"",
                            "\"\u0000\"",
                            "\ufeff1",
                            "\u00a0{}"));

    private JsonCases() {}

    /** All of them. */
    public static Stream<Case> all() {
        List<Case> all = new ArrayList<>();
        SHORT.forEach((kind, texts) -> texts.forEach(text -> all.add(new Case(text, text.getBytes(UTF_8), kind))));
        for (int depth : new int[] {512, 513, 1_000, 100_000}) {
            Kind array = depth <= 512 ? Kind.ARRAY : Kind.NOT_JSON, object = depth <= 512 ? Kind.OBJECT : Kind.NOT_JSON;
            all.add(text(depth + " arrays", "[".repeat(depth) + "]".repeat(depth), array));
            all.add(text(depth + " objects", "{\"a\":".repeat(depth) + "1" + "}".repeat(depth), object));
            all.add(text(depth + " arrays that do not end", "[".repeat(depth), Kind.NOT_JSON));
        }
        all.add(text("a string of brackets", "[\"" + "[{".repeat(5_000) + "\"]", Kind.ARRAY));
        all.add(text("many arrays side by side", "[" + "[],".repeat(5_000) + "[]]", Kind.ARRAY));
        all.add(text("a long number", "[" + "1".repeat(1_000) + "]", Kind.ARRAY));
        all.add(text("a long name", "{\"" + "n".repeat(1 << 20) + "\":1}", Kind.OBJECT));
        all.add(text("a long string that does not end", "\"" + "\\\\".repeat(1 << 20), Kind.NOT_JSON));
        all.add(text("much space", " ".repeat(1 << 20), Kind.NOT_JSON));
        all.add(bytes("ISO 8859-1", "{\"a\":\"é\"}".getBytes(ISO_8859_1)));
        all.add(bytes("UTF-16 with its mark", "{\"a\":\"é\"}".getBytes(UTF_16)));
        all.add(new Case("UTF-16LE, which is UTF-8 with NULs", "{}".getBytes(UTF_16LE), Kind.NOT_JSON));
        all.add(bytes("an overlong NUL", new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'}));
        all.add(bytes("half of a surrogate pair", new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}));
        all.add(bytes("a character cut short", new byte[] {'"', (byte) 0xe2, (byte) 0x82}));
        return all.stream();
    }

    private static Case text(String name, String text, Kind kind) {
        return new Case(name, text.getBytes(UTF_8), kind);
    }

    private static Case bytes(String name, byte[] bytes) {
        return new Case(name, bytes, Kind.NOT_UTF_8);
    }
}
