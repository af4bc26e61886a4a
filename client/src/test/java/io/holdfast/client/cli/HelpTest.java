// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

class HelpTest {
    private static final PrintStream NOWHERE = new PrintStream(new ByteArrayOutputStream());

    private static Stream<String> words(CommandSpec spec) {
        List<String> texts = new ArrayList<>(List.of(spec.usageMessage().footer()));
        texts.addAll(List.of(spec.usageMessage().description()));
        for (ArgSpec option : spec.args()) texts.addAll(List.of(option.description()));
        return texts.stream()
                .flatMap(text -> Stream.of(text.strip().split("\\s+")))
                .filter(word -> !word.isEmpty());
    }

    @Test
    void theHelpBreaksNothingThatOneCopies() {
        CommandLine program = Main.commandLine(new Console(InputStream.nullInputStream(), NOWHERE, NOWHERE, Map.of()));
        List<CommandLine> all = new ArrayList<>(program.getSubcommands().values());
        all.add(program);
        List<String> broken = new ArrayList<>();
        for (CommandLine command : all) {
            Set<String> shown =
                    new TreeSet<>(List.of(command.getUsageMessage(Ansi.OFF).split("\\s+")));
            assertFalse(command.getUsageMessage(Ansi.OFF).contains("NAME:\n"), command::getCommandName);
            words(command.getCommandSpec())
                    .filter(word -> !shown.contains(word))
                    .forEach(word -> broken.add(command.getCommandName() + ": " + word));
        }

        assertEquals(List.of(), broken);
    }
}
