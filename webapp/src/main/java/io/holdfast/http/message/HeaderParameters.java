// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value of a header, as in {@code first; name=value; name="quoted \" value"}.
 *
 * @param parts the first word or pair, and what follows it; a part without an equals sign has an empty value
 */
public record HeaderParameters(List<Part> parts) {

    /** A name and its value, without the quotes. */
    public record Part(String name, String value) {}

    public HeaderParameters {
        parts = List.copyOf(parts);
    }

    /** The values of a header, however they are spread over lines and commas; commas in quotes do not separate. */
    public static List<String> list(Headers headers, String name) {
        List<String> values = new ArrayList<>();
        for (String value : headers.all(name)) values.addAll(split(value));
        return values;
    }

    /** The well-formed values of a header, each with its first word as it is. */
    public static List<HeaderParameters> words(Headers headers, String name) {
        return list(headers, name).stream()
                .map(HeaderParameters::word)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The well-formed values of a header, each beginning with a pair. */
    public static List<HeaderParameters> pairs(Headers headers, String name) {
        return list(headers, name).stream()
                .map(HeaderParameters::pair)
                .flatMap(Optional::stream)
                .toList();
    }

    /** One value whose first word may have an equals sign; empty if a quote is not closed. */
    public static Optional<HeaderParameters> word(String value) {
        int end = until(value, ';', 0);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(value.substring(0, end).strip(), ""));
        return new Reader(value, Math.min(end + 1, value.length()), parts).read();
    }

    /** One value that begins with a pair; empty if a quote is not closed. */
    static Optional<HeaderParameters> pair(String value) {
        return new Reader(value, 0, new ArrayList<>()).read();
    }

    /** The first word. */
    public String first() {
        return parts.isEmpty() ? "" : parts.get(0).name();
    }

    /** The value of the first parameter of that name after the first word; null if there is none. */
    public @Nullable String get(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.get(0);
    }

    /** The values of all parameters of that name after the first word. */
    public List<String> all(String name) {
        return parts.stream()
                .skip(1)
                .filter(part -> part.name().equalsIgnoreCase(name))
                .map(Part::value)
                .toList();
    }

    /** The parts between commas; after a quote that is not closed, the rest is one part. */
    static List<String> split(String value) {
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < value.length(); ) {
            int end = comma(value, from);
            parts.add(value.substring(from, end).strip());
            from = end + 1;
        }
        return parts;
    }

    private static int comma(String value, int from) {
        boolean quoted = false;
        for (int at = from; at < value.length(); at++) {
            char c = value.charAt(at);
            if (quoted && c == '\\') at++;
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) return at;
        }
        return value.length();
    }

    private static int until(String value, char end, int from) {
        int at = value.indexOf(end, from);
        return at < 0 ? value.length() : at;
    }

    /** Reads one value from left to right. */
    private static final class Reader {
        private final String value;
        private final List<Part> parts;
        private int at;

        Reader(String value, int at, List<Part> parts) {
            this.value = value;
            this.at = at;
            this.parts = parts;
        }

        Optional<HeaderParameters> read() {
            while (at < value.length()) {
                int end = until(value, ';', at), equals = value.indexOf('=', at);
                if (equals < 0 || equals > end) {
                    parts.add(new Part(value.substring(at, end).strip(), ""));
                    at = end + 1;
                    continue;
                }
                String name = value.substring(at, equals).strip();
                at = equals + 1;
                String found = at < value.length() && value.charAt(at) == '"' ? quoted() : plain();
                if (found == null) return Optional.empty();
                parts.add(new Part(name, found));
            }
            return Optional.of(new HeaderParameters(parts));
        }

        private String plain() {
            int from = at, end = until(value, ';', from);
            at = end + 1;
            return value.substring(from, end).strip();
        }

        /** Null if the quote is not closed; text between the quote and the next semicolon is left out. */
        private @Nullable String quoted() {
            StringBuilder found = new StringBuilder();
            for (at++; at < value.length() && value.charAt(at) != '"'; at++) {
                if (value.charAt(at) == '\\') at++;
                if (at < value.length()) found.append(value.charAt(at));
            }
            if (at >= value.length()) return null;
            at = until(value, ';', at) + 1;
            return found.toString();
        }
    }
}
