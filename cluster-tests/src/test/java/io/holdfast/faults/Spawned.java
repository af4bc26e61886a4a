// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that a test has started, with its log. It ends with the test, and with the JVM of the test. */
final class Spawned implements AutoCloseable {
    private static final Path WORK = Path.of(System.getProperty("holdfast.work", "target/processes"));

    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

    private final Process process;
    private final Path log;
    private final Thread hook;

    private Spawned(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a process and appends its output to {@code target/processes/NAME.log}. */
    static Spawned start(String name, List<String> command, Map<String, String> environment) {
        try {
            Path log = Files.createDirectories(WORK).resolve(name + ".log");
            if (KNOWN.add(name)) Files.deleteIfExists(log);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new Spawned(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot start " + command.get(0) + "; ./verify installs the programs that the tests need", e);
        }
    }

    /** A folder for files of that process. */
    static Path folder(String name) {
        try {
            return Files.createDirectories(WORK.resolve(name)).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end and returns its output. A code other than 0 fails the test. */
    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int code = process.waitFor();
            if (code != 0) throw new AssertionError(String.join(" ", command) + " ended with " + code + ": " + output);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void signal(String signal) {
        run("kill", "-" + signal, Long.toString(process.pid()));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end and returns the exit code. */
    int awaitEnd(Duration atMost) {
        try {
            if (process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("Process " + process.pid() + " has not ended within " + atMost + ":\n" + log());
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly(); // this ends a frozen process too
        awaitEnd(Duration.ofSeconds(10));
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
