// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/words.md} holds: one word for one thing. */
class WordsTest {
    private static final Path MAIN = Path.of("src", "main", "java");
    private static final Path PAGE = Path.of("..", "docs", "words.md");

    @Test
    void noTwoTopLevelTypesShareAName() throws IOException {
        Map<String, List<Path>> byName = topLevelTypes().stream()
                .collect(Collectors.groupingBy(WordsTest::name, TreeMap::new, Collectors.toList()));
        byName.values().removeIf(files -> files.size() == 1);

        assertEquals(Map.of(), byName);
    }

    @Test
    void noTypeNameHasAWordThatTheGlossaryRefuses() throws IOException {
        Set<String> refused = refused();
        assertTrue(refused.contains("Performer"), refused::toString);
        List<String> found = topLevelTypes().stream()
                .map(WordsTest::name)
                .filter(name ->
                        Pattern.compile("(?=\\p{Lu})").splitAsStream(name).anyMatch(refused::contains))
                .sorted()
                .toList();

        assertEquals(List.of(), found);
    }

    private static Set<String> refused() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| **"))
                .flatMap(line -> Stream.of(line.split("\\|", -1)[3].split(",", -1)))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    private static List<Path> topLevelTypes() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .toList();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }
}
