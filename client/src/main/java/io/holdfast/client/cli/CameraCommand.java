// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.CameraListener;
import io.holdfast.client.Holdfast;
import io.holdfast.client.RunningCamera;
import io.holdfast.client.SimulatedCamera;
import io.holdfast.client.Trouble;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays a camera that makes up what it sees. */
@Command(
        name = "camera",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Plays a camera: prints what it sees, and sends it when somebody asks, until Ctrl-C.",
        footer = {
            "",
            "It takes commands too. Failures that may pass are tried again, and said on standard error.",
            "Exit codes: 0 nobody reads standard output any more; 2 refused, or wrong usage; 130 ended by Ctrl-C."
        })
final class CameraCommand implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();

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

    private final Console console;

    CameraCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Holdfast holdfast = target.open(console.environment())) {
            SimulatedCamera simulated = holdfast.simulatedCamera(camera.id()).every(every);
            if (plain) simulated.plain();
            Printer printer = new Printer();
            RunningCamera running = simulated.start(printer);
            printer.running.complete(running);
            return console.await(running.done(), ended -> {});
        }
    }

    /** Prints until nobody reads any more. */
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
            if (!console.print(Lines.safe(line))) running.join().stop();
        }

        @Override
        public void lost(String what) {
            console.err().println(Lines.safe(what));
        }

        @Override
        public void trouble(Trouble trouble) {
            console.trouble(trouble);
        }
    }
}
