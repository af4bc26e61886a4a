// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.event;
import static io.holdfast.client.testing.ScriptedServer.page;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.testing.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is shipped, in a process of its own. */
class JarIT {
    private static final String VERSION = System.getProperty("holdfast.version");
    private static final Path JAR = Path.of("target", "holdfast-client.jar");

    @TempDir
    private Path folder;

    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        // In this locale Java would write ? for é.
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private static int code(Process process) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "The process does not end.");
        return process.exitValue();
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
    }

    @Test
    void theJarContainsNoClassOutsideItsPackage() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertEquals(
                    List.of(),
                    jar.stream()
                            .map(JarEntry::getName)
                            .filter(name -> name.endsWith(".class") && !name.startsWith("io/holdfast/client/"))
                            .toList());
        }
    }

    @Test
    void itNamesItsVersionAndTheCommitItWasBuiltFrom() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertEquals(VERSION, manifest.getValue("Implementation-Version"));
            String commit = manifest.getValue("Build-Commit");
            assertTrue(commit.matches("[0-9a-f]{40}(-dirty)?|unknown"), commit);
        }
    }

    @Test
    void itHasTheLicencesOfWhatItBrings() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertEquals(Files.readString(Path.of("..", "LICENSE")), text(jar, "META-INF/LICENSE"));
            for (String library : List.of("picocli", "jakarta.json-api", "parsson"))
                assertTrue(text(jar, "META-INF/NOTICE").contains("\n    " + library + " "), library);
            assertTrue(text(jar, "META-INF/LICENSE.md").startsWith("# Eclipse Public License - v 2.0\n"));
        }
    }

    /** A second build without a clean between would find the jar of the first, and shade that. */
    @Test
    void itIsShadedOnce() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> notices = text(jar, "META-INF/NOTICE.md")
                    .lines()
                    .filter(line -> line.startsWith("# Notices for "))
                    .toList();
            assertEquals(List.of("# Notices for Jakarta JSON Processing", "# Notices for Eclipse Parsson"), notices);
        }
    }

    private static String text(JarFile jar, String entry) throws IOException {
        return new String(jar.getInputStream(jar.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** SIGTERM has the effect of Ctrl-C. A build in the background ignores SIGINT, and so do its children. */
    @Test
    void followEndsQuietlyWithTheCursorOnSigterm() throws Exception {
        server.then(page("1-a", event("1-a", "é")));
        Process process = start("follow", "--connect", server.uri().toString(), "--after", "earliest", "orders");
        await().atMost(Duration.ofSeconds(60)).until(() -> server.lines().size() == 2);

        process.destroy();

        assertEquals(143, code(process));
        assertEquals("2026-11-21T10:15:30.123Z orders 1-a -  é\n", read("out"));
        assertEquals("Go on with --after 1-a\n", read("err"));
    }

    @Test
    void publishPrintsTheId() throws Exception {
        server.then(answer(201, "", "{\"id\":\"1-a\",\"receipt\":{\"committed\":true,\"backups\":1}}"));

        Process process = start("publish", "--connect", server.uri().toString(), "orders", "x");

        assertEquals(0, code(process));
        assertEquals("1-a\n", read("out"));
        assertEquals("x", server.requests.get(0).body());
    }

    @Test
    void cameraRunsUntilSigterm() throws Exception {
        server.at("/cameras/door/updates/", answer(200, "Content-Type: application/json", "\"updated\"\n"));
        server.at("/cameras/door/dump/", answer(200, "Content-Type: application/json", "null\n"));
        Process process =
                start("camera", "--connect", server.uri().toString(), "--id", "door", "--plain", "--every", "1h");
        await().atMost(Duration.ofSeconds(60)).until(() -> read("out").contains("Sent the logs, 1 line.\n"));

        process.destroy();

        assertEquals(143, code(process));
        assertEquals("", read("err"));
        String event = read("out").lines().findFirst().orElseThrow();
        assertTrue(server.requests.stream().anyMatch(r -> r.body().equals("{\"logs\":[\"" + event + "\"]}")), event);
    }

    @Test
    void logsPrintsTheLogsOfACamera() throws Exception {
        server.then(answer(200, "Content-Type: application/json", "{\"logs\":[\"é\",\"two\"]}"));

        Process process = start("logs", "--connect", server.uri().toString(), "--user", "USER:PASS");

        assertEquals(0, code(process));
        assertEquals("é\ntwo\n", read("out"));
        assertEquals("Basic VVNFUjpQQVNT", server.requests.get(0).header("Authorization"));
    }

    private static final String WORK =
            "Work-Id: 1-1\nWork-Token: 7\nWork-Method: GET\nWork-Path: /x\nWork-Ack: 10\nWork-Lease: 30";

    /** Starts a worker that has a request. The application answers it after the latch has opened. */
    private Process work(ScriptedServer application, CountDownLatch answers, String... more) throws IOException {
        server.at("/workers/q/next", answer(200, WORK, ""));
        server.at("/workers/q/1-1/", answer(204, "", ""), answer(204, "", ""));
        application.always((request, out) -> {
            await().atMost(Duration.ofSeconds(60)).until(() -> answers.getCount() == 0);
            return answer(200, "", "done").write(request, out);
        });
        List<String> arguments =
                new ArrayList<>(List.of("worker", "--connect", server.uri().toString()));
        arguments.addAll(List.of("--queue", "q", "--forward", application.uri().toString()));
        arguments.addAll(List.of(more));
        Process process = start(arguments.toArray(String[]::new));
        await().atMost(Duration.ofSeconds(60)).until(() -> application.lines().equals(List.of("GET /x")));
        return process;
    }

    @Test
    void workerFinishesItsRequestOnSigterm() throws Exception {
        try (ScriptedServer application = new ScriptedServer()) {
            CountDownLatch answers = new CountDownLatch(1);
            Process process = work(application, answers);

            process.destroy();
            String stops = "Stops when 1 request is finished, in 30 s at the latest.\n";
            await().atMost(Duration.ofSeconds(60)).until(() -> read("err").endsWith(stops));
            answers.countDown();

            assertEquals(143, code(process));
            assertEquals("Works for q at " + server.uri() + ", by pull.\n" + stops, read("err"));
            assertTrue(read("out").matches("[0-9T:.-]+Z 1-1 GET /x 200 [0-9]+ms\n"), read("out"));
            assertTrue(
                    server.requests.stream().anyMatch(request -> request.body().equals("done")));
        }
    }

    @Test
    void theSecondSignalOrTheEndOfTheGraceEndsAWorkerAtOnce() throws Exception {
        for (String grace : List.of("10m", "200ms"))
            try (ScriptedServer application = new ScriptedServer()) {
                Process process = work(application, new CountDownLatch(1), "--grace", grace);

                process.destroy();
                await().atMost(Duration.ofSeconds(60)).until(() -> read("err").contains("Stops"));
                if (grace.equals("10m")) process.destroy();

                assertEquals(143, code(process));
            }
    }

    @Test
    void theVersionIsPrinted() throws Exception {
        assertEquals(0, code(start("--version")));
        assertEquals("Holdfast client " + VERSION + "\n", read("out"));
    }

    @Test
    void charactersThatTheLocaleLosesAreNotPublished() throws Exception {
        assertEquals(2, code(start("publish", "--connect", server.uri().toString(), "orders", "é")));
        assertEquals("The locale does not let these characters through to Java: use @FILE or -.\n", read("err"));
        assertEquals(List.of(), server.lines());
    }
}
