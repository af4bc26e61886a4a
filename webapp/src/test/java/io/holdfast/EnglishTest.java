// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments and pages are plain English: a sentence names its subject first and is not long. */
class EnglishTest {
    private static final Path REPOSITORY = Path.of("..");
    private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git");
    private static final int MOST_WORDS = 35;

    private static final Pattern NO_SUBJECT = Pattern.compile("(What|Who|Whoever|Whom|Whatever|Whose|Nobody)\\b.*");
    private static final Pattern STRING = Pattern.compile("\"\"\".*?\"\"\"|\"(\\\\.|[^\"\\\\])*\"|'(\\\\.|[^'\\\\])*'");
    private static final Pattern COMMENT = Pattern.compile("/\\*(.*?)\\*/|//([^\n]*(\n *//[^\n]*)*)", Pattern.DOTALL);
    private static final Pattern CODE_OR_COMMENT =
            Pattern.compile(STRING.pattern() + "|" + COMMENT.pattern(), Pattern.DOTALL);

    @Test
    void commentsArePlainEnglish() throws IOException {
        List<Path> sources = files(".java");
        assertTrue(sources.size() > 500, () -> sources.size() + " sources were found");
        List<String> faults = new ArrayList<>();
        for (Path source : sources) for (String text : comments(Files.readString(source))) check(source, text, faults);
        assertEquals("", String.join("\n", faults));
    }

    @Test
    void pagesArePlainEnglish() throws IOException {
        List<Path> pages = files(".md");
        assertTrue(pages.size() > 30, () -> pages.size() + " pages were found");
        List<String> faults = new ArrayList<>();
        for (Path page : pages) check(page, prose(Files.readString(page)), faults);
        assertEquals("", String.join("\n", faults));
    }

    @Test
    void theCheckFindsWhatItLooksFor() {
        String source = "/** Good. Who calls it waits. */ String a = \"// Who\"; // Nobody waits.\n// At all.\n";
        List<String> faults = new ArrayList<>();
        for (String text : comments(source)) check(Path.of("A"), text, faults);
        check(Path.of("B"), prose("Fine.\n\n    Who is code\n\n- What is wrong. A " + "word ".repeat(40)), faults);

        assertEquals(List.of("A: Who calls it waits.", "A: Nobody waits.", "B: What is wrong."), faults.subList(0, 3));
        assertEquals(4, faults.size());
    }

    private static List<Path> files(String ending) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(REPOSITORY, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean skip = SKIPPED.stream()
                        .anyMatch(name -> folder.getFileName().toString().startsWith(name));
                return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(ending)) found.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static List<String> comments(String source) {
        List<String> comments = new ArrayList<>();
        Matcher matcher = CODE_OR_COMMENT.matcher(source);
        while (matcher.find())
            if (matcher.group().startsWith("/"))
                comments.add(matcher.group().replaceAll("(?m)^[ /]*\\**/?/? ?|\\*/$", ""));
        return comments;
    }

    /** Markdown without its code, its headings and its links' addresses. */
    private static String prose(String page) {
        return page.replaceAll("(?s)```.*?```", "")
                .replaceAll("(?m)^( {4}|\t).*$", "")
                .replaceAll("(?m)^#.*$", "")
                .replaceAll("\\]\\([^)]*\\)", "]");
    }

    private static void check(Path file, String text, List<String> faults) {
        sentences(text)
                .filter(sentence -> NO_SUBJECT.matcher(sentence).matches() || sentence.split(" ").length > MOST_WORDS)
                .forEach(sentence -> faults.add(name(file) + ": " + sentence));
    }

    private static String name(Path file) {
        return file.startsWith(REPOSITORY) ? REPOSITORY.relativize(file).toString() : file.toString();
    }

    private static Stream<String> sentences(String text) {
        String plain = text.replaceAll("\\{@\\w+ ([^}]*)\\}", "$1");
        return Stream.of(plain.split("\n\\s*\n|\n\\s*@\\w+|<p>|<li>|\n\\s*[-*] |\n\\s*\\d+\\. |\\|"))
                .map(part -> part.strip().replaceAll("\\s+", " "))
                .flatMap(part -> Stream.of(part.split("(?<=[.!?:;]\\*{0,2}) (?=[A-Z`*])")))
                .map(sentence -> sentence.replaceAll("^[-*_`(\\[ ]+", ""))
                .filter(sentence -> sentence.contains(" "));
    }
}
