// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.holdfast.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page {@code docs/reference/routes.md} says what the code does. */
class RoutesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "routes.md");

    @Test
    void theTableOfTheConditionIsTheCodes() throws IOException {
        assertTable("## The condition", Parameters.CONDITION);
    }

    @Test
    void theTableOfTheTargetIsTheCodes() throws IOException {
        assertTable("## The target", Parameters.TARGET);
    }

    @Test
    void theTableOfWhatIsOursIsTheCodes() throws IOException {
        assertTable("## Waiting for a backend", Parameters.ADDED);
    }

    @Test
    void theTableOfWhatIsRefusedIsTheCodes() throws IOException {
        assertRows(
                "## What is not supported",
                Stream.concat(
                        Stream.of("| of Pushpin | what to do |", "| --- | --- |"),
                        Stream.of(Place.CONDITION, Place.TARGET)
                                .flatMap(place -> place.refused().stream())
                                .map(each -> "| `" + each.name() + "` | " + each.advice() + " |")));
    }

    private static void assertTable(String heading, List<Option<?>> options) throws IOException {
        assertRows(
                heading,
                Stream.concat(
                        Stream.of("| parameter | default | must be | what it is for |", "| --- | --- | --- | --- |"),
                        options.stream().map(RoutesPageTest::row)));
    }

    private static String row(Option<?> option) {
        return "| `" + option.key() + "` | " + (option.otherwise().isEmpty() ? "" : "`" + option.otherwise() + "`")
                + " | " + option.rule() + " | " + option.meaning() + " |";
    }

    private static void assertRows(String heading, Stream<String> rows) throws IOException {
        String right = String.join("\n", rows.toList());
        String found = String.join(
                "\n",
                section(heading).stream().filter(line -> line.startsWith("|")).toList());
        assertEquals(right, found, () -> "The table under " + heading + " should be:\n" + right + "\n");
    }

    private static List<String> section(String heading) throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        int from = lines.indexOf(heading) + 1, to = from;
        while (to < lines.size() && !lines.get(to).startsWith("## ")) to++;
        return lines.subList(from, to);
    }

    @ParameterizedTest
    @ValueSource(strings = {"## The file", "## Examples"})
    void theExamplesAreRoutes(String heading) throws IOException {
        List<String> examples = new ArrayList<>();
        for (String line : section(heading)) if (line.startsWith("    ")) examples.add(line);

        RoutesFile.Parsed parsed = RoutesFile.parse(Path.of(""), examples);

        assertEquals(List.of(), parsed.problems());
        assertFalse(parsed.routes().isEmpty());
    }

    @Test
    void everyDefaultObeysItsOwnRule() {
        for (List<Option<?>> options : List.of(Parameters.CONDITION, Parameters.TARGET, Parameters.ADDED))
            for (Option<?> option : options)
                if (!option.otherwise().isEmpty())
                    assertNotNull(option.parser().apply(option.otherwise()), option.key());
    }

    @Test
    void noNameIsThereTwiceAtOnePlace() {
        Set<String> names = new HashSet<>();
        for (List<Option<?>> options : List.of(Parameters.TARGET, Parameters.ADDED))
            for (Option<?> option : options) assertEquals(true, names.add(option.key()), option.key());
        assertEquals(names, Place.TARGET.known());
        assertEquals(Parameters.CONDITION.size(), Place.CONDITION.known().size());
    }
}
