// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.Holdfast;
import io.holdfast.client.Publish;
import io.holdfast.client.Receipt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes one event, or one batch, and prints the ids. */
@Command(
        name = "publish",
        description = "Publishes an event and prints its id.",
        footer = {
            "",
            "The command retries transient failures under the same idempotency key, so that the event is published once.",
            "Exit codes: 0 published; 1 gave up, the outcome is unknown; 2 refused and not published, or wrong usage."
        })
final class PublishCommand extends Subcommand {
    private static final char REPLACEMENT = '\ufffd';

    @Option(names = "--type", paramLabel = "WORD", description = "The event's type.")
    private @Nullable String type;

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = {"The media type of the data. Default:", "text/plain;charset=utf-8"})
    private @Nullable String contentType;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The idempotency key; the server publishes only once under one key (default: a random one).")
    private @Nullable String key;

    @Option(
            names = "--batch",
            description =
                    "Read the data as a JSON array of events, [{\"data\":\"...\",\"type\":\"...\"},...]; publish all or none.")
    private boolean batch;

    @Option(names = "--no-receipt", description = "Do not wait for the number of held requests that were released.")
    private boolean noReceipt;

    @Option(
            names = "--give-up",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "The time after which to give up (default ${DEFAULT-VALUE}).")
    private long giveUp;

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
    private String channel = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DATA|@FILE|-",
            defaultValue = "-",
            description = "The data, a file that contains it, or - for standard input (the default).")
    private String data = "";

    PublishCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (giveUp < 1) return console().refuse("--give-up must be 1 or more, not " + giveUp + ".");
        if (batch && (type != null || contentType != null))
            return console()
                    .refuse("--type and --content-type are for a single event; the events of a batch have their own.");
        try (Holdfast holdfast = open()) {
            Publish publish = publish(holdfast);
            byte[] body = body();
            return console().await(batch ? publish.sendBatch(body) : publish.send(body), this::print);
        } catch (NoSuchFileException e) {
            return console().refuse("There is no file " + e.getMessage() + ".");
        }
    }

    private Publish publish(Holdfast holdfast) {
        Publish publish = holdfast.publish(channel).giveUpAfter(Duration.ofSeconds(giveUp));
        if (type != null) publish.type(type);
        if (contentType != null) publish.contentType(contentType);
        if (key != null) publish.key(key);
        if (noReceipt) publish.withoutReceipt();
        return publish;
    }

    private byte[] body() throws IOException {
        if (data.equals("-")) return console().in().readAllBytes();
        if (data.startsWith("@")) return Files.readAllBytes(Path.of(data.substring(1)));
        if (data.indexOf(REPLACEMENT) >= 0)
            throw new IllegalArgumentException(
                    "The locale does not let these characters through to Java: use @FILE or -.");
        return data.getBytes(StandardCharsets.UTF_8);
    }

    private void print(Receipt receipt) {
        receipt.ids().forEach(id -> console().print(Lines.safe(id)));
        console().err().println(Lines.safe(sentence(receipt)));
    }

    private String sentence(Receipt receipt) {
        StringBuilder sentence = new StringBuilder(receipt.replayed() ? "Was committed before" : "Committed");
        sentence.append(", backups: ").append(receipt.backups());
        if (!noReceipt) {
            long released = receipt.released().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            sentence.append("; held requests released: ").append(released);
        }
        if (!receipt.unknown().isEmpty())
            sentence.append("; members that did not say: ").append(String.join(", ", receipt.unknown()));
        return sentence.append('.').toString();
    }
}
