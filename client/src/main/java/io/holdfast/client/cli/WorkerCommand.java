// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Attachment;
import io.holdfast.client.Holdfast;
import io.holdfast.client.RunningWorker;
import io.holdfast.client.Trouble;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.Worker;
import io.holdfast.client.WorkerListener;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts an HTTP application behind the hub. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description =
                "Performs the requests of a queue by asking a local HTTP application for them, until it is stopped.",
        footer = {
            "",
            "SIGTERM and Ctrl-C: takes nothing more, finishes what it has, and leaves; the second one ends it at once.",
            "To a worker port: --connect tcp://HOST:PORT.",
            "Exit codes: 2 refused, or wrong usage; 143 ended by SIGTERM, 130 by Ctrl-C."
        })
final class WorkerCommand implements Callable<Integer> {
    private static final int SIGNALLED = 128;
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    @Mixin
    private final Target target = new Target();

    @Option(
            names = "--queue",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The queue (default ${DEFAULT-VALUE}).")
    private String queue = "";

    @Option(
            names = "--forward",
            paramLabel = "URL",
            required = true,
            description = "The application, like http://localhost:3000; what is asked for is put behind its path.")
    private @Nullable URI application;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many requests at a time (default ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = {
                "pull asks for each request, through any proxy; upgrade is asked on a connection that is upgraded; auto is"
                        + " upgrade where that can be done, and pull elsewhere; tcp is for worker ports (default: pull, and tcp"
                        + " where the address begins with tcp:)."
            })
    private @Nullable Attachment mode;

    @Option(
            names = "--max-cpu",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "Takes nothing new while the machine's CPU is busier (default ${DEFAULT-VALUE}).")
    private int maxCpu;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = ShortDuration.class,
            description = "How long what it has may take when it is stopped (default ${DEFAULT-VALUE}).")
    private Duration grace = Duration.ZERO;

    private final Console console;
    private final AtomicInteger signal = new AtomicInteger();

    WorkerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (application == null) return Console.REFUSED;
        try (Holdfast holdfast = target.open(console.environment())) {
            Worker worker =
                    holdfast.worker(queue).concurrency(concurrency).by(mode).maxCpu(maxCpu);
            RunningWorker running = worker.forward(application, new Printer());
            Signals.tell(number -> signalled(running, number));
            int code = console.await(running.done(), ended -> {});
            return signal.get() == 0 || code != Console.OK ? code : SIGNALLED + signal.get();
        }
    }

    private void signalled(RunningWorker running, int number) {
        if (!signal.compareAndSet(0, number)) Runtime.getRuntime().halt(SIGNALLED + number);
        int requests = running.requests();
        say("Stops"
                + (requests == 0
                        ? "."
                        : " when " + requests + (requests == 1 ? " request is" : " requests are") + " finished, in "
                                + grace.toSeconds() + " s at the latest."));
        running.stop();
        after(grace, running::abandon);
        // Should it be stuck somewhere.
        after(grace.plus(FAREWELL), () -> Runtime.getRuntime().halt(SIGNALLED + number));
    }

    private static void after(Duration time, Runnable task) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }

    private void say(String sentence) {
        console.err().println(Lines.safe(sentence));
    }

    /** One line for each request, and one for whatever changes. */
    private final class Printer implements WorkerListener {

        @Override
        public void attached(URI at, Attachment how) {
            say("Works for " + queue + " at " + at + ", by " + how + ".");
        }

        @Override
        public void answered(WorkRequest request, int status, Duration took) {
            print(request, status + " " + took.toMillis() + "ms");
        }

        @Override
        public void lost(WorkRequest request, String why) {
            print(request, "lost");
            say(request.id() + ": " + why);
        }

        private void print(WorkRequest request, String how) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            console.print(Lines.safe(now + " " + request.id() + " " + request + " " + how));
        }

        @Override
        public void busy(boolean isBusy) {
            say(isBusy ? "The CPU is busy: takes nothing new." : "The CPU is free: takes requests again.");
        }

        @Override
        public void trouble(Trouble trouble) {
            console.trouble(trouble);
        }
    }
}
