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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Works for a queue by forwarding its requests to an HTTP application. */
@Command(
        name = "worker",
        description = "Works for a queue until it is stopped: forwards each request to a local HTTP application.",
        footer = {
            "",
            "After SIGTERM or Ctrl-C it takes nothing new, finishes its requests, and leaves. The second one ends it at once.",
            "To connect to a worker port: --connect tcp://HOST:PORT.",
            "Exit codes: 2 refused, or wrong usage; 143 ended by SIGTERM, 130 by Ctrl-C."
        })
final class WorkerCommand extends Subcommand {
    private static final int SIGNALLED = 128;
    private static final Duration FAREWELL = Duration.ofSeconds(5);

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
            description = "The application, like http://localhost:3000. The path of a request is appended to its path.")
    private @Nullable URI application;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "1",
            description = "The most requests at a time (default ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = {
                "pull: each request is pulled, through any proxy. upgrade: requests come on a connection that is upgraded."
                        + " auto: upgrade where possible, else pull. tcp: for worker ports (default: tcp for an address"
                        + " that begins with tcp:, else pull)."
            })
    private @Nullable Attachment mode;

    @Option(
            names = "--max-cpu",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "Take nothing new while the machine's CPU is busier than that (default ${DEFAULT-VALUE}).")
    private int maxCpu;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = ShortDuration.class,
            description = "The time for its requests after it is stopped (default ${DEFAULT-VALUE}).")
    private Duration grace = Duration.ZERO;

    private final AtomicInteger signal = new AtomicInteger();

    WorkerCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (application == null) return Console.REFUSED;
        try (Holdfast holdfast = open()) {
            Worker worker =
                    holdfast.worker(queue).concurrency(concurrency).by(mode).maxCpu(maxCpu);
            RunningWorker running = worker.forward(application, new Printer());
            Signals.onSignal(number -> onSignal(running, number));
            int code = console().await(running.done(), ended -> {});
            return signal.get() == 0 || code != Console.OK ? code : SIGNALLED + signal.get();
        }
    }

    private void onSignal(RunningWorker running, int number) {
        if (!signal.compareAndSet(0, number)) Runtime.getRuntime().halt(SIGNALLED + number);
        int requests = running.requests();
        report("Stops"
                + (requests == 0
                        ? "."
                        : " when " + requests + (requests == 1 ? " request is" : " requests are") + " finished, in "
                                + grace.toSeconds() + " s at the latest."));
        running.stop();
        after(grace, running::abandon);
        // The process ends even if a thread is stuck.
        after(grace.plus(FAREWELL), () -> Runtime.getRuntime().halt(SIGNALLED + number));
    }

    private static void after(Duration time, Runnable task) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }

    private void report(String sentence) {
        console().err().println(Lines.safe(sentence));
    }

    /** Prints one line for each request, and reports each change. */
    private final class Printer implements WorkerListener {

        @Override
        public void attached(URI at, Attachment how) {
            report("Works for " + queue + " at " + at + ", by " + how + ".");
        }

        @Override
        public void answered(WorkRequest request, int status, Duration took) {
            print(request, status + " " + took.toMillis() + "ms");
        }

        @Override
        public void lost(WorkRequest request, String why) {
            print(request, "lost");
            report(request.id() + ": " + why);
        }

        private void print(WorkRequest request, String how) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            console().print(Lines.safe(now + " " + request.id() + " " + request + " " + how));
        }

        @Override
        public void busy(boolean isBusy) {
            report(isBusy ? "The CPU is busy: takes nothing new." : "The CPU is free: takes requests again.");
        }

        @Override
        public void trouble(Trouble trouble) {
            console().trouble(trouble);
        }
    }
}
