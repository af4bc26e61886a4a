// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Replaces directives in content: {@code %X}, {@code %(argument)X}, and {@code %%} for a percent sign. In an argument, a
 * backslash escapes the character after it. Reads from left to right; not thread safe.
 */
final class Directives {

    /** Resolves directives. */
    interface Meaning {
        /**
         * The bytes that replace the directive.
         *
         * @param letter the directive
         * @param argument without escapes; null if there is none
         * @throws FilterException if the directive is unknown
         */
        byte[] of(char letter, byte @Nullable [] argument);
    }

    private final byte[] text;
    private final Meaning meaning;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int at;

    /** The position of a directive that is not complete yet. */
    private int done;

    Directives(byte[] text, Meaning meaning) {
        this.text = text;
        this.meaning = meaning;
    }

    /**
     * The whole text.
     *
     * @throws FilterException saying what is wrong, and where
     */
    static byte[] replace(byte[] text, Meaning meaning) {
        Directives directives = new Directives(text, meaning);
        directives.run();
        return directives.out.toByteArray();
    }

    /** Replaces as much as can be replaced of a text that continues; {@link #used} says how much that is. */
    byte[] begin() {
        try {
            run();
        } catch (FilterException e) {
            if (!e.isUnfinished()) throw e;
        }
        return out.toByteArray();
    }

    /** How many bytes of the text need not be given again. */
    int used() {
        return done;
    }

    private void run() {
        while (at < text.length) {
            if (text[at] == '%') directive();
            else plain();
            done = at;
        }
    }

    private void plain() {
        int from = at;
        while (at < text.length && text[at] != '%') at++;
        out.write(text, from, at - from);
    }

    private void directive() {
        byte c = after("directive after '%'");
        if (c == '%') {
            out.write(c);
            at++;
            return;
        }
        byte[] argument = c == '(' ? argument() : null;
        if (argument != null) c = after("directive after ')'");
        out.writeBytes(meaning((char) (c & 0xff), argument));
        at++;
    }

    /** Ends on the closing parenthesis. */
    private byte[] argument() {
        int from = at;
        ByteArrayOutputStream argument = new ByteArrayOutputStream();
        for (byte c = after("character after '('"); c != ')'; c = text[at]) {
            argument.write(c == '\\' ? after("character after '\\'") : c);
            if (++at == text.length)
                throw FilterException.unfinished("Unterminated field starting at position " + from);
        }
        return argument.toByteArray();
    }

    private byte[] meaning(char letter, byte @Nullable [] argument) {
        try {
            return meaning.of(letter, argument == null || argument.length == 0 ? null : argument);
        } catch (FilterException e) {
            throw new FilterException(e.getMessage() + " at position " + at);
        }
    }

    private byte after(String expected) {
        if (at + 1 == text.length) throw FilterException.unfinished("Expected " + expected + " at position " + at);
        return text[++at];
    }
}
