// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The programs that people have at hand: docs/reference/clients-tried.md. */
class ToolsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path PAGE = Path.of("..", "docs", "clients.md"), PYTHON = Path.of("src", "test", "python");
    private static final Path FOLDER = Spawned.folder("tools");
    private static final int EVENTS = 30, ASKED = 400;

    private static Script backend;
    private static Member member;
    private static String workerPort = "";

    @BeforeAll
    static void start() throws IOException {
        backend = new Script(Map.of("/short", request -> Script.answer("200 OK", "", "short")));
        Path routes = FOLDER.resolve("routes");
        Files.writeString(routes, "*,path_beg=/short 127.0.0.1:" + backend.port() + "\n");
        workerPort = Integer.toString(Ports.free());
        int memberPort = Ports.free();
        member = new Member(
                "tools",
                "127.0.0.1",
                Ports.free(),
                memberPort,
                List.of(),
                List.of("proxy.routes=" + routes),
                List.of("--cluster-port", Integer.toString(memberPort), "--worker-port", workerPort));
        member.awaitReady(1, PATIENCE);
    }

    @AfterAll
    static void stop() throws IOException {
        member.close();
        backend.close();
    }

    private static String url(String path) {
        return member.uri(path).toString();
    }

    /** A script of the page for clients, with the address of this member. */
    private static Path script(String language, String name) throws IOException {
        MatchResult block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .findFirst()
                .orElseThrow();
        String own = "http://" + member.httpAddress();
        return Files.writeString(
                FOLDER.resolve(name),
                block.group(1).replace("http://localhost:8080", own).replace("http://localhost:8081", own));
    }

    /** A Python that has the library {@code requests}: another one than the system's may be first in the path. */
    private static String python() {
        for (String each : List.of("python3", "/usr/bin/python3"))
            try {
                Spawned.run(each, "-c", "import requests");
                return each;
            } catch (AssertionError | UncheckedIOException withoutIt) {
                // The next may have it.
            }
        throw new AssertionError("No Python has requests; ./verify installs python3-requests");
    }

    private static List<String> lines(Spawned process, String part) {
        if (!process.isAlive()) throw new AssertionError(process.log());
        return process.log().lines().filter(line -> line.contains(part)).toList();
    }

    /** Those that the page for clients prints; they read from the beginning and are given events while they wait. */
    @Test
    void theLoopsInCurlAndPythonGetEachEventOnceAndInOrder() throws IOException {
        Path curl = script("bash", "follow.sh"), requests = script("python", "follow.py");
        try (Spawned one = Spawned.start("tools-curl", List.of("bash", curl.toString(), "earliest"), Map.of());
                Spawned two = Spawned.start("tools-requests", List.of(python(), "-u", requests.toString()), Map.of())) {
            // The program in Python publishes an event itself.
            for (Spawned each : List.of(one, two))
                await("it reads").atMost(PATIENCE).until(() -> !lines(each, "any bytes")
                        .isEmpty());
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                String data = "event " + i + ".";
                expected.add(data);
                String told = Spawned.run(
                        "curl", "-sS", "-H", "Content-Type: text/plain", "-d", data, url("/channels/orders/events"));
                assertTrue(told.contains("\"id\""), told);
            }
            for (Spawned each : List.of(one, two)) {
                await("it has the last")
                        .atMost(PATIENCE)
                        .until(() -> lines(each, "event ").size() >= EVENTS);
                assertEquals(
                        expected,
                        lines(each, "event ").stream()
                                .map(line -> line.replaceFirst(".*(event \\d+\\.).*", "$1"))
                                .toList());
            }
        }
    }

    @Test
    void curlWorksForAQueueAsThePageOfWorkQueuesShows() throws IOException {
        String queue = url("/workers/by-curl");
        Path head = FOLDER.resolve("head"), body = FOLDER.resolve("body"), answer = FOLDER.resolve("answer");
        try (Spawned client = Spawned.start(
                "tools-client",
                List.of("curl", "-sS", "-o", answer.toString(), "-d", "film", url("/work/by-curl/upper")),
                Map.of())) {
            Spawned.run("curl", "-sS", "-D", head.toString(), "-o", body.toString(), queue + "/next?wait=60");
            String given = Files.readString(head);
            String lease = queue + "/" + header(given, "Work-Id"), token = "?token=" + header(given, "Work-Token");
            assertEquals("film", Files.readString(body));
            assertEquals("/upper", header(given, "Work-Path"));
            for (String[] say : new String[][] {{"ack", ""}, {"progress", "{\"percent\":40}"}, {"response", "FILM"}})
                assertEquals(
                        "204",
                        Spawned.run("curl", "-sS", "-w", "%{http_code}", "-d", say[1], lease + "/" + say[0] + token));
            assertEquals(0, client.awaitEnd(PATIENCE), client::log);
            assertEquals("FILM", Files.readString(answer));
        }
    }

    private static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
                .map(line -> line.substring(name.length() + 2).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + head));
    }

    @Test
    void aWorkerOfWsgiIsGivenWholeBodiesAndItsAnswersArriveWhole() throws IOException {
        try (Spawned worker = wsgi("tools-wsgi")) {
            String at = url("/work/default/a");
            assertEquals("GET /a 0 ", Spawned.run("curl", "-sS", at));
            assertEquals("POST /a 4 BODY", Spawned.run("curl", "-sS", "-d", "body", at));
            assertEquals(
                    "POST /a 4 BODY", Spawned.run("curl", "-sS", "-H", "Transfer-Encoding: chunked", "-d", "body", at));
            assertEquals("200", Spawned.run("curl", "-sS", "-I", "-o", "/dev/null", "-w", "%{http_code}", at));
            Path large =
                    Files.write(FOLDER.resolve("large"), "x".repeat(3_000_000).getBytes(UTF_8));
            assertEquals(
                    "POST /a 3000000 ".length() + 3_000_000,
                    Spawned.run("curl", "-sS", "--data-binary", "@" + large, at).length());
            assertTrue(worker.isAlive(), worker::log);
        }
    }

    /** Started before it is asked: its requests wait until it is there. */
    private static Spawned wsgi(String name) {
        String program = PYTHON.resolve("wsgi_worker.py").toString();
        return Spawned.start(name, List.of(python(), "-u", program, "127.0.0.1", workerPort), Map.of());
    }

    @Test
    void wgetPublishesPollsAndReadsHeads() {
        String events = url("/channels/by-wget/events");
        String told = Spawned.run(
                "wget", "-q", "-O", "-", "--header=Content-Type: text/plain", "--post-data=by wget", events);
        assertTrue(told.contains("\"id\""), told);
        String got = Spawned.run("wget", "-q", "-O", "-", events + "?after=earliest&wait=30");
        assertTrue(got.contains("\"by wget\""), got);
        String head = Spawned.run("wget", "--spider", "-S", events + "?after=earliest&wait=0");
        assertTrue(head.contains("HTTP/1.1 200") && head.contains("application/json"), head);
        assertEquals("short", Spawned.run("wget", "-q", "-O", "-", url("/short")));
    }

    /** Its HTTP is that of 1.0, with and without connections that stay. */
    @Test
    void abLosesNoRequestToABackendAWorkerOrACounter() {
        try (Spawned one = wsgi("tools-ab-one");
                Spawned two = wsgi("tools-ab-two")) {
            for (String path : List.of("/short", "/work/default/b", "/counters/by-ab/value/"))
                for (String keeps : List.of("-q", "-k")) {
                    String told = Spawned.run("ab", keeps, "-n", "" + ASKED, "-c", "20", "-s", "170", url(path));
                    assertTrue(told.matches("(?s).*Complete requests: +" + ASKED + "\n.*"), told);
                    assertTrue(told.matches("(?s).*Failed requests: +0\n.*"), path + " " + told);
                    assertFalse(told.contains("Non-2xx"), path + " " + told);
                }
            assertTrue(one.isAlive() && two.isAlive());
        }
    }
}
