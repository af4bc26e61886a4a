// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The width of comments in all modules, which the formatter leaves as they are. */
class CommentsTest {
    private static final int WIDEST = 140;

    /** From this width on, a line is full, and one word after it shows that the comment was wrapped without care. */
    private static final int FULL = 100;

    private static final Pattern COMMENT = Pattern.compile(" *(?:/\\*\\*?|\\*|//) (.*?)(?: ?\\*/)?");
    private static final Pattern WORD = Pattern.compile("[^ @<{][^ ]*");

    /** A line of a comment, and the text of the line before it, which is empty if that was not a comment. */
    private record Line(String where, String whole, String text, String before) {}

    private static List<Line> lines() throws IOException {
        List<Line> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            for (Path file : (Iterable<Path>) files.filter(CommentsTest::isSource)::iterator) lines.addAll(lines(file));
        }
        return lines;
    }

    private static boolean isSource(Path path) {
        String name = path.toString();
        return name.endsWith(".java") && name.contains("/src/") && !name.contains("/target/");
    }

    private static List<Line> lines(Path file) throws IOException {
        List<Line> lines = new ArrayList<>();
        String before = "";
        boolean inText = false;
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            Matcher comment = COMMENT.matcher(line);
            String text = !inText && comment.matches() ? comment.group(1) : "";
            if (!text.isEmpty()) lines.add(new Line(file + ":" + number, line, text, before));
            before = text;
            if (line.split("\"\"\"", -1).length % 2 == 0) inText = !inText;
        }
        return lines;
    }

    @Test
    void noLineOfACommentIsWiderThanTheScreen() throws IOException {
        List<Line> lines = lines();

        assertTrue(lines.size() > 5000, "these are not all: " + lines.size());
        assertEquals(
                List.of(),
                lines.stream()
                        .filter(line -> line.whole.length() > WIDEST)
                        .map(Line::where)
                        .toList());
    }

    @Test
    void noCommentEndsInALineOfOneWord() throws IOException {
        assertEquals(
                List.of(),
                lines().stream()
                        .filter(line -> WORD.matcher(line.text).matches() && line.before.length() > FULL)
                        .map(Line::where)
                        .toList());
    }
}
