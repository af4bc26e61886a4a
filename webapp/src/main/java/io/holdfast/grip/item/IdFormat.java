// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ids made of the last ids of channels, and the content that they are put into. */
final class IdFormat {
    private static final byte[] NOTHING = {};

    private IdFormat() {}

    /**
     * The format with {@code %(name)s} replaced.
     *
     * @throws FilterException saying what is wrong, and where
     */
    static byte[] render(byte[] format, Map<String, String> variables) {
        return Directives.replace(format, (letter, argument) -> variable(letter, argument, variables));
    }

    private static byte[] variable(char letter, byte @Nullable [] argument, Map<String, String> variables) {
        if (letter != 's') throw unknown(letter);
        if (argument == null) throw new FilterException("Directive 's' requires argument");
        String name = new String(argument, StandardCharsets.UTF_8), value = variables.get(name);
        if (value == null) throw new FilterException("No such variable '" + name + "'");
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static FilterException unknown(char letter) {
        return new FilterException("Unknown directive '" + letter + "'");
    }

    /** Puts ids into content that comes in pieces: {@code %I} is the id, {@code %(x)I} is x. Not thread safe. */
    static final class Renderer {
        private final byte @Nullable [] id;
        private final boolean hex;
        private byte[] rest = NOTHING;

        /**
         * A renderer that has no content yet.
         *
         * @param id null if there is none
         * @param hex whether ids are written in hexadecimal digits
         */
        Renderer(byte @Nullable [] id, boolean hex) {
            this.id = id;
            this.hex = hex;
        }

        /**
         * The next part of the rendered content, as far as the content so far allows.
         *
         * @throws FilterException saying what is wrong, and where
         */
        byte[] update(byte[] content) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(rest);
            all.writeBytes(content);
            byte[] text = all.toByteArray();
            Directives directives = new Directives(text, this::id);
            byte[] rendered = directives.begin();
            rest = Arrays.copyOfRange(text, directives.used(), text.length);
            return rendered;
        }

        /**
         * The rest, after all content.
         *
         * @throws FilterException if a directive is not finished
         */
        void finish() {
            Directives.replace(rest, this::id);
        }

        private byte[] id(char letter, byte @Nullable [] argument) {
            if (letter != 'I') throw unknown(letter);
            byte[] rendered = argument == null ? id : argument;
            if (rendered == null) throw new FilterException("No ID specified and no default ID in context");
            return hex ? HexFormat.of().formatHex(rendered).getBytes(StandardCharsets.US_ASCII) : rendered;
        }
    }
}
