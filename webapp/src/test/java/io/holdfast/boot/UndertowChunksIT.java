// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of facts for Undertow. When it no longer holds, {@link ClientBytes} may have less to do. */
class UndertowChunksIT {
    private static final Path PAGE = Path.of("../docs/reference/upstream/undertow-chunks.md");

    @TempDir
    private Path folder;

    @Test
    void theProgramOfThePagePrintsWhatThePageSays() throws Exception {
        String page = Files.readString(PAGE);
        Path program = Files.writeString(folder.resolve("Chunks.java"), block(page, "depends on:\n"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(block(page, "It prints:\n"), printed);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The indented lines after that line. */
    private static String block(String page, String before) {
        return page.substring(page.indexOf(before) + before.length())
                .lines()
                .skip(1)
                .takeWhile(line -> line.isEmpty() || line.startsWith("    "))
                .map(line -> line.isEmpty() ? line : line.substring(4))
                .collect(Collectors.joining("\n"))
                .stripTrailing()
                .concat("\n");
    }
}
