// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.access.Access;
import io.holdfast.camera.CameraOptions;
import io.holdfast.channel.core.ChannelOptions;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.counter.CounterOptions;
import io.holdfast.grip.GripOptions;
import io.holdfast.http.HeldResponse;
import io.holdfast.jobs.JobOptions;
import io.holdfast.proxy.ProxyOptions;
import io.holdfast.work.WorkOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/reference/options.md} is the code's. */
class OptionsTableTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "options.md");

    /** Its default depends on the machine. */
    private static final String BY_MACHINE = "release.threads";

    @Test
    void theTableOfOptionsListsEveryOptionAsTheCodeHasIt() throws IOException {
        List<String> right = Stream.concat(
                        Stream.of("| key | default | must be | what it is for |", "| --- | --- | --- | --- |"),
                        options().stream().map(OptionsTableTest::row))
                .toList();

        List<String> found = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("|"))
                .toList();

        assertEquals(
                String.join("\n", right),
                String.join("\n", found),
                () -> "The table of " + PAGE + " should be:\n" + String.join("\n", right) + "\n");
    }

    @Test
    void everyDefaultObeysItsOwnRule() {
        for (Option<?> option : options()) assertTrue(option.parser().apply(option.otherwise()) != null, option.key());
    }

    @Test
    void noKeyIsThereTwice() {
        Map<String, Long> times = options().stream().collect(Collectors.groupingBy(Option::key, Collectors.counting()));

        times.forEach((key, count) -> assertEquals(1, count, key));
    }

    private static List<Option<?>> options() {
        Settings settings = Settings.open(new Properties(), Map.of(), Optional.empty(), key -> Optional.empty());
        ProcessOptions.read(settings, HeldResponse.BYTES);
        CorsOptions.read(settings);
        ClusterOptions.read(settings);
        CounterOptions.read(settings);
        ChannelOptions.read(settings);
        CameraOptions.read(settings);
        GripOptions.read(settings);
        ProxyOptions.read(settings);
        JobOptions.read(settings, WorkOptions.read(settings));
        Access.read(settings);
        return settings.asked();
    }

    private static String row(Option<?> option) {
        String otherwise = option.key().equals(BY_MACHINE) ? "processors" : option.otherwise();
        return "| `" + option.key() + "` | " + (otherwise.isEmpty() ? "" : "`" + otherwise + "`") + " | "
                + option.rule() + " | " + option.meaning() + " |";
    }
}
