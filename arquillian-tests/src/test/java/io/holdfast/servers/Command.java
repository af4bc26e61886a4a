// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end and must succeed. */
final class Command {
    private final List<String> words = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    private Command() {}

    static Command of(Path program, String... arguments) {
        Command command = new Command();
        command.words.add(program.toString());
        command.words.addAll(List.of(arguments));
        return command;
    }

    Command with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Runs it and returns its output. */
    String run() throws IOException, InterruptedException {
        Path output = java.nio.file.Files.createTempFile(Build.target(), "command", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(10, TimeUnit.MINUTES);
            String said = java.nio.file.Files.readString(output, StandardCharsets.UTF_8);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IOException(words + " did not end: " + said);
            }
            if (process.exitValue() != 0 || said.contains("Command set failed"))
                throw new IOException(words + " ended with " + process.exitValue() + ": " + said);
            return said;
        } finally {
            java.nio.file.Files.deleteIfExists(output);
        }
    }
}
