// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Dump;
import io.holdfast.client.Holdfast;
import io.holdfast.client.Logs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a camera's logs. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Asks a camera for its logs, and prints them.",
        footer = {
            "",
            "Failures that may pass are tried again as long as the wait lasts.",
            "Exit codes: 0 printed; 1 the camera did not answer; 2 refused, or wrong usage."
        })
final class LogsCommand implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();

    @Mixin
    private final CameraId camera = new CameraId();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for the camera (default ${DEFAULT-VALUE}).")
    private long wait;

    @Option(
            names = "--cached",
            description = "The last dump that is kept, not a new one; its age is said on standard error.")
    private boolean cached;

    @Option(names = "--json", description = "The JSON as it is, not its lines.")
    private boolean json;

    private final Console console;

    LogsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (wait < 1) return console.refuse("--wait must be 1 or more, not " + wait + ".");
        try (Holdfast holdfast = target.open(console.environment())) {
            Logs logs = holdfast.logs(camera.id()).within(Duration.ofSeconds(wait));
            if (cached) logs.cached();
            return console.await(logs.ask(), this::print);
        }
    }

    private void print(Dump dump) {
        List<String> body = dump.json().lines().toList();
        List<String> lines = json ? body : dump.lines().orElse(body);
        lines.forEach(line -> console.print(Lines.indented(line)));
        Duration age = dump.age();
        if (cached && age != null) console.err().println("The dump is " + age.toSeconds() + " s old.");
    }
}
