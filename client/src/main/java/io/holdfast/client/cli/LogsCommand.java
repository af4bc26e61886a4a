// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Dump;
import io.holdfast.client.Holdfast;
import io.holdfast.client.Logs;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a camera's logs. */
@Command(
        name = "logs",
        description = "Asks a camera for its logs, and prints them.",
        footer = {
            "",
            "The command retries transient failures for as long as the wait lasts.",
            "Exit codes: 0 printed; 1 the camera did not answer; 2 refused, or wrong usage."
        })
final class LogsCommand extends Subcommand {

    @Mixin
    private final CameraId camera = new CameraId();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "The time to wait for the camera, and to retry (default ${DEFAULT-VALUE}).")
    private long wait;

    @Option(
            names = "--cached",
            description = "Print the last dump that the server keeps, not a new one. Its age goes to standard error.")
    private boolean cached;

    @Option(names = "--json", description = "Print the JSON unchanged, not its lines.")
    private boolean json;

    LogsCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (wait < 1) return console().refuse("--wait must be 1 or more, not " + wait + ".");
        try (Holdfast holdfast = open()) {
            Logs logs = holdfast.logs(camera.id()).within(Duration.ofSeconds(wait));
            if (cached) logs.cached();
            return console().await(logs.ask(), this::print);
        }
    }

    private void print(Dump dump) {
        List<String> body = dump.json().lines().toList();
        List<String> lines = json ? body : dump.lines().orElse(body);
        lines.forEach(line -> console().print(Lines.indented(line)));
        Duration age = dump.age();
        if (cached && age != null) console().err().println("The dump is " + age.toSeconds() + " s old.");
    }
}
