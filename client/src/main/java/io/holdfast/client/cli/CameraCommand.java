// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.CameraListener;
import io.holdfast.client.Holdfast;
import io.holdfast.client.RunningCamera;
import io.holdfast.client.SimulatedCamera;
import io.holdfast.client.Trouble;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays a camera that makes up its events. */
@Command(
        name = "camera",
        description =
                "Plays a camera until Ctrl-C: prints its events, and sends them as its logs when a user asks for them.",
        footer = {
            "",
            "The camera takes commands too. It retries transient failures, and reports them on standard error.",
            "Exit codes: 0 standard output was closed; 2 refused, or wrong usage; 130 ended by Ctrl-C."
        })
final class CameraCommand extends Subcommand {

    @Mixin
    private final CameraId camera = new CameraId();

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = ShortDuration.class,
            description = "The time between events, like 500ms, 10s or 1m (default ${DEFAULT-VALUE}).")
    private Duration every = Duration.ZERO;

    @Option(
            names = "--plain",
            description = "Send the logs as a JSON object, not as a JSON string that contains the object.")
    private boolean plain;

    CameraCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Holdfast holdfast = open()) {
            SimulatedCamera simulated = holdfast.simulatedCamera(camera.id()).every(every);
            if (plain) simulated.plain();
            Printer printer = new Printer();
            RunningCamera running = simulated.start(printer);
            printer.running.complete(running);
            return console().await(running.done(), ended -> {});
        }
    }

    /** Prints until standard output is closed. */
    private final class Printer implements CameraListener {
        private final CompletableFuture<RunningCamera> running = new CompletableFuture<>();

        @Override
        public void event(String line) {
            print(line);
        }

        @Override
        public void dumped(int lines) {
            print("Sent the logs, " + lines + (lines == 1 ? " line." : " lines."));
        }

        private void print(String line) {
            if (!console().print(Lines.safe(line))) running.join().stop();
        }

        @Override
        public void lost(String what) {
            console().err().println(Lines.safe(what));
        }

        @Override
        public void trouble(Trouble trouble) {
            console().trouble(trouble);
        }
    }
}
