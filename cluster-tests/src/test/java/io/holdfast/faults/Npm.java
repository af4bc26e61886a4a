// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Scripts for Node.js, with the packages that their lock file names. */
final class Npm {
    private static final Path SOURCES = Path.of("src", "test", "npm");

    private final Path folder = Spawned.folder("npm");

    /** Installs the packages unless they are installed already, and puts these scripts beside them. */
    Npm(Path... others) {
        try {
            Path lock = folder.resolve("package-lock.json");
            boolean installed = Files.exists(folder.resolve("node_modules"))
                    && Files.exists(lock)
                    && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
            try (Stream<Path> sources = Files.list(SOURCES)) {
                for (Path source : sources.toList()) copy(source);
            }
            for (Path other : others) copy(other);
            if (!installed) run("npm", "ci");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copy(Path source) throws IOException {
        Files.copy(source, folder.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The command that runs a script. */
    List<String> command(String script, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("node", folder.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a command there to its end. */
    void run(String... command) {
        try {
            Path log = folder.resolve("run.log");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(log.toFile()))
                    .start();
            int code = process.waitFor();
            if (code != 0)
                throw new AssertionError(
                        String.join(" ", command) + " ended with " + code + ": " + Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot start " + command[0] + "; ./verify installs the programs that the tests need", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
