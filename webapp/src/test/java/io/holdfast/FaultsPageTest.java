// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/faults.md} names tests that exist, for every fault. */
class FaultsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "faults.md");
    private static final List<Path> HOMES = Stream.of("webapp", "client", "cluster-tests", "arquillian-tests")
            .map(module -> Path.of("..", module, "src", "test", "java"))
            .toList();
    private static final Pattern TEST = Pattern.compile("`(([A-Z]\\w*)\\.([a-z]\\w+))`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!fault |---)[^|]*\\|[^|]*\\|([^|]*)\\|$");
    /** A row without a test begins with the reason. */
    private static final Pattern SHOWN = Pattern.compile(TEST.pattern() + "|^ None\\b");

    @Test
    void everyTestOnThePageExists() throws IOException {
        Map<String, String> sources = sources();
        Set<String> missing = new TreeSet<>();
        TEST.matcher(Files.readString(PAGE))
                .results()
                .filter(test -> !sources.getOrDefault(test.group(2), "").contains("void " + test.group(3) + "("))
                .forEach(test -> missing.add(test.group(1)));

        assertEquals(Set.of(), missing);
    }

    @Test
    void everyRowHasATestOrTheReasonThatThereIsNone() throws IOException {
        List<String> shown = ROW.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        assertTrue(shown.size() > 40, () -> shown.size() + " rows");

        assertEquals(
                List.of(),
                shown.stream().filter(cell -> !SHOWN.matcher(cell).find()).toList());
    }

    /** The sources of all tests by the names of their classes. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path home : HOMES)
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).collect(Collectors.toList()))
                    sources.merge(
                            file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
            }
        return sources;
    }
}
