// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.By;
import io.holdfast.client.Event;
import io.holdfast.client.Follow;
import io.holdfast.client.Following;
import io.holdfast.client.Gap;
import io.holdfast.client.Holdfast;
import io.holdfast.client.Listener;
import io.holdfast.client.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the events of channels as they come. */
@Command(
        name = "follow",
        abbreviateSynopsis = true,
        description = "Prints the events of channels as they come, until Ctrl-C.",
        footer = {
            "",
            "Each event is a line: time, channel, id, type, data. With --json, a line of JSON.",
            "The command retries transient failures, and reports them on standard error. At the end it prints the cursor there.",
            "Exit codes: 0 done; 1 gave up; 2 refused, or wrong usage; 130 ended by Ctrl-C."
        })
final class FollowCommand extends Subcommand {
    private static final int PAGE = 100;
    private static final Duration LAST_CALL = Duration.ofSeconds(2);

    @Option(
            names = "--after",
            paramLabel = "ID|earliest",
            description =
                    "Begin after this cursor, or with the earliest event that is kept (default: events from now on).")
    private @Nullable String after;

    @Option(names = "--sse", description = "Use a stream of Server-Sent Events instead of long polls.")
    private boolean sse;

    @Option(names = "--json", description = "Print lines of JSON.")
    private boolean json;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many events.")
    private @Nullable Long limit;

    @Option(
            names = "--give-up",
            paramLabel = "SECONDS",
            description = "End after so many seconds without success (default: never).")
    private @Nullable Long giveUp;

    @Parameters(
            arity = "1",
            split = ",",
            paramLabel = "CHANNEL",
            description = "Up to 32 channels, separated by commas.")
    private String[] channels = {};

    private boolean hasPrintedCursor;

    FollowCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (limit != null && limit < 1) return console().refuse("--limit must be 1 or more, not " + limit + ".");
        if (giveUp != null && giveUp < 1) return console().refuse("--give-up must be 1 or more, not " + giveUp + ".");
        try (Holdfast holdfast = open()) {
            Printer printer = new Printer();
            Following following = follow(holdfast).start(printer);
            printer.following.complete(following);
            Thread hook = new Thread(() -> onInterrupt(following), "holdfast-client-stop");
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                int code = console().await(following.done(), ended -> {});
                // A cursor that was refused at the start is of no use.
                boolean moved = !following.cursor().equals(Optional.ofNullable(after));
                if (moved || code != Console.REFUSED) printCursor(following);
                return code;
            } finally {
                remove(hook);
            }
        }
    }

    private Follow follow(Holdfast holdfast) {
        Follow follow = holdfast.follow(channels).after(after).by(sse ? By.SSE : By.LONG_POLL);
        if (limit != null) follow.answersOf((int) Math.min(limit, PAGE));
        if (giveUp != null) follow.giveUpAfter(Duration.ofSeconds(giveUp));
        return follow;
    }

    /** On Ctrl-C, waits for the end of the event that is being printed. */
    private void onInterrupt(Following following) {
        following.stop();
        try {
            following.done().toCompletableFuture().get(LAST_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // The process ends anyway.
        }
        printCursor(following);
    }

    /**
     * Prints the cursor once.
     *
     * <p>Race: the command against the shutdown hook. The first prints; the other waits, since the process may end afterwards.
     */
    private synchronized void printCursor(Following following) {
        if (hasPrintedCursor) return;
        hasPrintedCursor = true;
        following.cursor().ifPresent(cursor -> console().err().println(Lines.safe("Go on with --after " + cursor)));
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook runs already.
        }
    }

    /** Prints until the limit is reached, or standard output is closed. */
    private final class Printer implements Listener {
        private final CompletableFuture<Following> following = new CompletableFuture<>();
        private long printed;

        @Override
        public void event(Event event) throws IOException {
            print(json ? Lines.json(event) : Lines.readable(event));
            printed++;
            if (limit != null && printed >= limit) following.join().stop();
        }

        @Override
        public void gap(Gap gap) throws IOException {
            if (json) print(Lines.json(gap));
            else console().err().println(Lines.readable(gap));
        }

        private void print(String line) throws IOException {
            if (console().print(line)) return;
            // For instance, head has closed the pipe. The event was not taken.
            following.join().stop();
            throw new IOException("Standard output is closed.");
        }

        @Override
        public void trouble(Trouble trouble) {
            console().trouble(trouble);
        }
    }
}
