// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of the routes file, split into parts at spaces. Each part is a value, perhaps with arguments after commas. In double quotes,
 * spaces, commas and {@code #} are ordinary characters, and {@code \"} and {@code \\} stand for {@code "} and {@code \}. Outside quotes,
 * {@code #} begins a comment. A part that begins with an argument has an empty value.
 */
final class RouteLine {
    private static final String ENDS = " ,#";

    private final String line;
    private int at;

    private RouteLine(String line) {
        this.line = line;
    }

    /**
     * A part of a line: the text between two spaces.
     *
     * @param value the part up to the first comma; may be empty
     * @param arguments the arguments after it, in order
     */
    record Part(String value, List<Argument> arguments) {}

    /**
     * A parameter as the line has it.
     *
     * @param name the text before the equals sign
     * @param value the text after the equals sign; empty if there is none
     */
    record Argument(String name, String value) {}

    /** Thrown if the line breaks the syntax. The message says how, in a sentence. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1;

        private final String sentence;

        Fault(String sentence) {
            super(sentence);
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    /** The parts of the line; none if the line is empty or a comment. */
    static List<Part> parse(String line) throws Fault {
        if (line.chars().anyMatch(Character::isISOControl))
            throw new Fault("There is a tab or another control character; part things by spaces.");
        return new RouteLine(line).parts();
    }

    private List<Part> parts() throws Fault {
        List<Part> parts = new ArrayList<>();
        while (true) {
            while (is(' ')) at++;
            if (at == line.length() || is('#')) return parts;
            parts.add(part());
        }
    }

    private Part part() throws Fault {
        String word = word(), value = word;
        List<Argument> arguments = new ArrayList<>();
        if (word.indexOf('=') >= 0) {
            arguments.add(argument(word));
            value = "";
        }
        while (is(',')) {
            at++;
            arguments.add(argument(word()));
        }
        return new Part(value, arguments);
    }

    private static Argument argument(String word) throws Fault {
        if (word.isEmpty()) throw new Fault("There is no parameter after a comma.");
        int equals = word.indexOf('=');
        if (equals == 0) throw new Fault("There is no name before an equals sign.");
        return equals < 0
                ? new Argument(word, "")
                : new Argument(word.substring(0, equals), word.substring(equals + 1));
    }

    private String word() throws Fault {
        StringBuilder word = new StringBuilder();
        while (at < line.length() && ENDS.indexOf(line.charAt(at)) < 0) {
            char next = line.charAt(at++);
            if (next == '"') quoted(word);
            else word.append(next);
        }
        return word.toString();
    }

    private void quoted(StringBuilder word) throws Fault {
        while (!is('"')) {
            if (is('\\')) escape();
            if (at == line.length()) throw new Fault("A quote is not closed.");
            word.append(line.charAt(at++));
        }
        at++;
    }

    private void escape() throws Fault {
        at++;
        if (at < line.length() && !is('"') && !is('\\'))
            throw new Fault("In quotes, a backslash stands before a quote or a backslash only.");
    }

    private boolean is(char expected) {
        return at < line.length() && line.charAt(at) == expected;
    }
}
