// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code java -jar holdfast-client.jar}. */
@Command(
        name = "java -jar holdfast-client.jar",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Follows channels of Holdfast, publishes to them, works for queues, plays a camera, and asks a camera for its logs.",
        synopsisSubcommandLabel = "follow|publish|worker|camera|logs",
        footer = {
            "",
            "Exit codes: 0 done; 1 gave up, or no connection; 2 refused, or wrong usage; 130 ended by Ctrl-C.",
            "",
            "  java -jar holdfast-client.jar follow --after earliest orders",
            "  java -jar holdfast-client.jar publish --type created orders 'any bytes'",
            "  java -jar holdfast-client.jar worker --queue transcode \\",
            "      --forward http://localhost:3000",
            "  java -jar holdfast-client.jar camera --id door --every 2s",
            "  java -jar holdfast-client.jar logs --id door --user NAME:PASSWORD"
        })
public final class Main {

    /** The version in the manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"Holdfast client " + (version == null ? "(not packaged)" : version)};
        }
    }

    private Main() {}

    public static void main(String[] arguments) {
        // Unlike System.out, these streams write UTF-8 in every locale, as events do.
        Console console =
                new Console(System.in, stream(FileDescriptor.out), stream(FileDescriptor.err), System.getenv());
        System.exit(run(console, arguments));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** The program with its commands. */
    static CommandLine commandLine(Console console) {
        return new CommandLine(new Main())
                .addSubcommand(new FollowCommand(console))
                .addSubcommand(new PublishCommand(console))
                .addSubcommand(new WorkerCommand(console))
                .addSubcommand(new CameraCommand(console))
                .addSubcommand(new LogsCommand(console))
                // An argument like @FILE names the file to publish.
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((failure, command, result) -> failed(console, failure));
    }

    /** Runs a command; the exit code. */
    static int run(Console console, String... arguments) {
        CommandLine line = commandLine(console);
        if (arguments.length == 0) {
            line.usage(line.getErr());
            return Console.REFUSED;
        }
        return line.execute(arguments);
    }

    private static int failed(Console console, Exception failure) {
        if (failure instanceof IllegalArgumentException && failure.getMessage() != null)
            return console.refuse(failure.getMessage());
        console.err().println(Lines.safe(String.valueOf(failure)));
        return Console.GAVE_UP;
    }
}
