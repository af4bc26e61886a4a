// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON text strictly by RFC 8259, and shares nothing with the library that writes it. */
final class JsonReader {
    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    @Nullable
    Object whole() {
        Object value = value();
        space();
        if (at != text.length()) throw wrong("the end");
        return value;
    }

    private @Nullable Object value() {
        space();
        char c = peek();
        if (c == '{') return object();
        if (c == '[') return array();
        if (c == '"') return string();
        for (String word : List.of("null", "true", "false"))
            if (text.startsWith(word, at)) {
                at += word.length();
                return word.equals("null") ? null : Boolean.valueOf(word);
            }
        int from = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
        String number = text.substring(from, at);
        if (!number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) throw wrong("a value");
        return Double.valueOf(number);
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        take('{');
        space();
        if (peek() != '}')
            do {
                space();
                String name = string();
                space();
                take(':');
                if (members.containsKey(name)) throw wrong("another name than " + name);
                members.put(name, value());
                space();
            } while (peek() == ',' && take(','));
        take('}');
        return members;
    }

    private List<Object> array() {
        List<Object> values = new ArrayList<>();
        take('[');
        space();
        if (peek() != ']')
            do {
                values.add(value());
                space();
            } while (peek() == ',' && take(','));
        take(']');
        return values;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        take('"');
        while (peek() != '"') {
            char c = peek();
            if (c < ' ') throw wrong("a control character that is escaped");
            at++;
            if (c != '\\') {
                string.append(c);
                continue;
            }
            int escape = "\"\\/bfnrtu".indexOf(peek());
            if (escape < 0) throw wrong("an escape");
            at++;
            if (escape < 8) string.append("\"\\/\b\f\n\r\t".charAt(escape));
            else {
                string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                at += 4;
            }
        }
        take('"');
        return string.toString();
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char peek() {
        if (at >= text.length()) throw wrong("more");
        return text.charAt(at);
    }

    private boolean take(char c) {
        if (peek() != c) throw wrong(String.valueOf(c));
        at++;
        return true;
    }

    private AssertionError wrong(String expected) {
        return new AssertionError("at " + at + " there must be " + expected + ": " + text);
    }
}
