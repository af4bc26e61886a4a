// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/architecture.md} names the rooms and classes that exist, where they lie. */
class ArchitecturePageTest {
    private static final Path PAGE = Path.of("..", "docs", "architecture.md");
    private static final Path HOME = Path.of("src", "main", "java", "io", "holdfast");
    private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+\\.)+[A-Z]\\w*)`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.]+)` \\|");

    @Test
    void everyClassOnThePageExists() throws IOException {
        Set<String> named = found(CLASS);
        assertTrue(named.size() > 60, named::toString);

        assertEquals(
                Set.of(),
                named.stream()
                        .filter(name -> !Files.exists(HOME.resolve(name.replace('.', '/') + ".java")))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void everyRoomIsInTheTableOfThePage() throws IOException {
        Set<String> rooms;
        try (Stream<Path> files = Files.walk(HOME)) {
            rooms = files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> HOME.relativize(file.getParent()).toString().replace('/', '.'))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        assertEquals(rooms, found(ROW));
    }

    private static Set<String> found(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
