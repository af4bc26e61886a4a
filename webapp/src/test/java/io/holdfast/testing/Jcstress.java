// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.JCStressTest;

/** Runs jcstress tests in JVMs of their own; jcstress ends with an error when it has seen a forbidden outcome. */
public final class Jcstress {
    private static final Pattern RESULTS =
            Pattern.compile("\\(Results: (\\d+) planned; (\\d+) passed, 0 failed, 0 soft errs, 0 hard errs\\)");

    private Jcstress() {}

    /** Fails unless every test that is nested in these classes was run and passed. */
    public static void assertPass(Class<?>... holders) throws IOException, InterruptedException {
        // Other classes run their own at the same time.
        Path folder = Files.createDirectories(
                Path.of("target", "jcstress", holders[0].getSimpleName()).toAbsolutePath());
        Path log = folder.resolve("run.log");

        int exit = run(folder, log, holders);

        String report = Files.readString(log);
        assertEquals(0, exit, report);
        MatchResult last =
                RESULTS.matcher(report).results().reduce((one, next) -> next).orElseThrow();
        assertEquals(last.group(1), last.group(2), report);
        long tests = Stream.of(holders)
                .flatMap(holder -> Stream.of(holder.getDeclaredClasses()))
                .filter(type -> type.isAnnotationPresent(JCStressTest.class))
                .count();
        long planned = Long.parseLong(last.group(1));
        assertTrue(planned >= tests && planned % tests == 0, () -> "not every test was run:\n" + report);
    }

    private static int run(Path folder, Path log, Class<?>... holders) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.openjdk.jcstress.Main",
                        "-t",
                        Stream.of(holders).map(Class::getName).collect(Collectors.joining("|")),
                        "-c",
                        "2",
                        "-f",
                        "1",
                        "-iters",
                        "1",
                        "-time",
                        "500",
                        // One mode of compiling and scheduling; left to itself jcstress tries dozens, for minutes.
                        "-sc",
                        "false",
                        "-af",
                        "NONE",
                        "-jvmArgs",
                        "-Xmx256m -XX:+UseSerialGC",
                        "-r",
                        folder.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()))
                .start();
        try {
            assertTrue(process.waitFor(10, TimeUnit.MINUTES), "jcstress is stuck");
            return process.exitValue();
        } finally {
            List<ProcessHandle> forks = process.descendants().toList();
            process.destroyForcibly();
            forks.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
