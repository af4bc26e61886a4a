// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The help of the standalone run, and its page. */
class HelpTest {
    private final CommandLine line = new CommandLine(new Standalone(task -> {}));

    @Test
    void thePageHasEveryOptionAndNoOther() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "deployment", "standalone.md"));
        String table = page.substring(page.indexOf("## Options"), page.indexOf("## A cluster"));
        Set<String> told = new TreeSet<>(), known = new TreeSet<>();
        Matcher option = Pattern.compile("--[a-z][a-z-]*").matcher(table.replaceAll("(?m)^[^|].*$", ""));
        while (option.find()) told.add(option.group());
        for (OptionSpec each : line.getCommandSpec().options()) known.add(each.longestName());
        told.remove("--peers"); // other rows name it
        known.remove("--peers");

        assertEquals(known, told);
        assertTrue(table.contains("| `--peers "), "the members to join");
    }

    /** All text of the help, word by word. */
    private static Stream<String> words(CommandSpec spec) {
        List<String> texts = new ArrayList<>(List.of(spec.usageMessage().footer()));
        texts.addAll(List.of(spec.usageMessage().description()));
        for (OptionSpec option : spec.options()) texts.addAll(List.of(option.description()));
        return texts.stream()
                .flatMap(text -> Stream.of(text.strip().split("\\s+", -1)))
                .filter(word -> !word.isEmpty());
    }

    @Test
    void theHelpBreaksNothingThatOneCopies() {
        Set<String> shown = new TreeSet<>(List.of(line.getUsageMessage(Ansi.OFF).split("\\s+", -1)));

        assertEquals(
                List.of(),
                words(line.getCommandSpec())
                        .filter(word -> !shown.contains(word))
                        .toList());
    }

    @Test
    void noOptionAndNoBracketGoesOverTwoLines() {
        String help = line.getUsageMessage(Ansi.OFF);
        for (OptionSpec option : line.getCommandSpec().options()) {
            String label = option.paramLabel().isEmpty() || option.arity().max() == 0 ? "" : "=" + option.paramLabel();
            assertTrue(help.contains(option.longestName() + label), option::longestName);
        }
        for (String one : help.split("\n", -1))
            assertEquals(
                    one.chars().filter(c -> c == '[').count(),
                    one.chars().filter(c -> c == ']').count(),
                    one);
    }
}
