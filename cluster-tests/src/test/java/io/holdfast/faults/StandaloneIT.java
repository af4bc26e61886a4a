// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.camera.CameraTranscript;
import io.holdfast.testing.OwnTime;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code java -jar holdfast.war} in the hands of a user who has read no page. */
class StandaloneIT {
    private static final Duration START = Duration.ofMinutes(3), LONG = Duration.ofMinutes(3);

    @Test
    void helpListsTheOptionsAndAnExample() throws Exception {
        String told = run("help", 0, List.of(), "--help");
        for (String option :
                List.of("--port", "--bind", "--config", "--cluster", "--cluster-port", "--peers", "-Dholdfast."))
            assertTrue(told.contains(option), () -> option + " is missing:\n" + told);
    }

    @Test
    void anUnknownOptionIsNamedAndNothingStarts() throws Exception {
        String told = run("option", 2, List.of(), "--prot", "8080");
        assertTrue(told.contains("--prot"), told);
        assertFalse(told.contains("Exception"), told);
    }

    @Test
    void aMalformedUserIsRefusedWithoutThePassword() throws Exception {
        String told = run("user", 2, List.of(), "--user", "verysecret");
        assertTrue(told.contains("must be NAME:PASSWORD"), told);
        assertFalse(told.contains("verysecret"), told);
    }

    @Test
    void theDemonstrationPrintsACommandAndItsCameraAnswers() throws Exception {
        try (Member member = new Member(
                "demo",
                "127.0.0.1",
                Ports.free(),
                0,
                List.of(),
                List.of("cluster.port=" + Ports.free(), "drain.delay=0s"),
                List.of("--demo"))) {
            member.awaitReady(1, START);
            String wanted = "curl --user USER:PASS " + member.uri("/logs/");
            await("it says so").until(() -> member.process().log().contains(wanted));
            HttpResponse<String> known = ask(member, "/logs/", "Authorization", "Basic VVNFUjpQQVNT");
            assertEquals(200, known.statusCode(), known.body());
            assertTrue(known.body().startsWith("{\"logs\":["), known.body());
            assertTrue(known.headers().firstValue("Set-Cookie").isEmpty(), "no session");
            HttpResponse<String> stranger = ask(member, "/logs/", "Authorization", "Basic VVNFUjpOTw==");
            assertEquals(401, stranger.statusCode());
            assertEquals("Unauthorized.", stranger.body());
            long begun = OwnTime.now();
            member.stop();
            assertTrue(OwnTime.since(begun).toSeconds() < 5, "it stops soon");
        }
    }

    @Test
    void theDemonstrationSendsCredentialsWhereCamerasMustAndDoesNotPrintThem() throws Exception {
        try (Member member = new Member(
                "demo-role",
                "127.0.0.1",
                Ports.free(),
                0,
                List.of(),
                List.of("cluster.port=" + Ports.free(), "access.camera=role"),
                List.of("--demo", "--user", "me:verysecret"))) {
            member.awaitReady(1, START);
            String wanted = "curl --user me " + member.uri("/logs/");
            await("it says so").until(() -> member.process().log().contains(wanted));
            HttpResponse<String> known = ask(member, "/logs/", "Authorization", "Basic bWU6dmVyeXNlY3JldA==");
            assertEquals(200, known.statusCode(), known.body());
            assertFalse(member.process().log().contains("verysecret"));
        }
    }

    @Test
    void theOriginalsRoutesAreTheSameByteByByte() throws Exception {
        try (Member member = new Member(
                "transcript",
                "127.0.0.1",
                Ports.free(),
                0,
                List.of(),
                List.of("cluster.port=" + Ports.free()),
                List.of("--user", "USER:PASS"))) {
            member.awaitReady(1, START);
            var bare = new io.holdfast.testing.Http(member.uri(""));
            new CameraTranscript(bare, bare, bare).play();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tcpKeepAliveRunsOnIdleConnections() throws Exception {
        int port = Ports.free();
        List<String> settings = List.of("cluster.port=" + Ports.free());
        try (Member member = new Member("keep-alive", "127.0.0.1", port, 0, List.of(), settings, List.of())) {
            member.awaitReady(1, START);
            try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), port)) {
                String ends = String.format("[0-9A-F]+:%04X [0-9A-F]+:%04X ", port, idle.getLocalPort());
                // The column of the running timer: 02 is keep-alive.
                Pattern asked = Pattern.compile(ends + "01 [0-9A-F]+:[0-9A-F]+ 02:");
                await("it is asked").until(() -> asked.matcher(connections()).find());
            }
        }
    }

    private static String connections() throws IOException {
        return Files.readString(Path.of("/proc/net/tcp")) + Files.readString(Path.of("/proc/net/tcp6"));
    }

    private static HttpResponse<String> ask(Member member, String path, String header, String value) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(member.uri(path))
                .header(header, value)
                .timeout(LONG)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anHttpPortInUseIsNamedWithARemedy() throws Exception {
        try (ServerSocket holder = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(holder.getLocalPort());
            String told = run("taken", 2, List.of(), "--port", port);
            assertTrue(told.contains("Port " + port) && told.contains("--port"), told);
            assertFalse(told.contains("\tat "), told);
            assertFalse(told.contains("Member is up"), told);
        }
    }

    @Test
    void itListensOnlyWhenItIsReady() throws Exception {
        try (Member member = Member.alone("listens")) {
            HttpResponse<String> first = await("it listens")
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> member.http().ask(member.uri("/health/ready")), Objects::nonNull);
            assertEquals(200, first.statusCode(), first.body());
        }
    }

    @Test
    void ofTwoProcessesThatStartAtOnePortOneJoinsNothing() throws Exception {
        int port = Ports.free();
        List<Member> both = new ArrayList<>();
        for (String name : List.of("twin-a", "twin-b"))
            both.add(new Member(
                    name, "127.0.0.1", port, 0, List.of(), List.of("cluster.port=" + Ports.free()), List.of()));
        try {
            await("one has ended").atMost(START).until(() -> both.stream()
                    .anyMatch(member -> !member.process().isAlive()));
            Member loser = both.stream()
                    .filter(member -> !member.process().isAlive())
                    .findFirst()
                    .orElseThrow();
            assertEquals(2, loser.process().awaitEnd(START), loser.process()::log);
            assertTrue(loser.process().log().contains("Port " + port), loser.process()::log);
            assertFalse(loser.process().log().contains("Member is up"), loser.process()::log);
            for (Member member : both) if (member != loser) member.awaitReady(1, START);
        } finally {
            both.forEach(Member::close);
        }
    }

    @Test
    void aMemberPortInUseIsNamedWithARemedy() throws Exception {
        try (ServerSocket holder = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress())) {
            String memberPort = Integer.toString(holder.getLocalPort());
            List<String> options = List.of("--cluster", "taken", "--cluster-port", memberPort, "--peers");
            List<String> all = new ArrayList<>(List.of("--port", Integer.toString(Ports.free())));
            all.addAll(options);
            all.add("127.0.0.1:" + memberPort);
            String told = run("member-taken", 2, List.of(), all.toArray(String[]::new));
            String last = told.strip().substring(told.strip().lastIndexOf('\n') + 1);
            assertTrue(last.contains("Member port " + memberPort) && last.contains("--cluster-port"), told);
        }
    }

    @Test
    void everyWrongSettingIsNamedAtOnce() throws Exception {
        Path file = Spawned.folder("settings").resolve("holdfast.properties");
        Files.writeString(file, "cluster.sweep=soon\nrelease.batch=0\n");
        String told = run(
                "settings",
                2,
                List.of("hold.limit=-1"),
                "--port",
                Integer.toString(Ports.free()),
                "--config",
                file.toString(),
                "--peers",
                "127.0.0.1:25000");
        for (String key : List.of("cluster.sweep", "soon", "release.batch", "hold.limit", "-1", "cluster.name"))
            assertTrue(told.contains(key), () -> key + " is missing:\n" + told);
        assertFalse(told.contains("\tat "), told);
    }

    @Test
    void theFileOfConfigIsRead() throws Exception {
        Path file = Spawned.folder("config").resolve("own.properties");
        Files.writeString(file, "hold.longest=1s\ncluster.port=" + Ports.free() + "\n");
        try (Member member = new Member(
                "config", "127.0.0.1", Ports.free(), 0, List.of(), List.of(), List.of("--config", file.toString()))) {
            member.awaitReady(1, START);
            HttpResponse<String> answer = member.http()
                    .get(member.uri("/counter/value/?last=0&wait=60"), LONG)
                    .get(60, SECONDS);
            assertEquals("{}", answer.body().strip());
        }
    }

    @Test
    void aRequestDuringShutdownGets503OrNoConnection() throws Exception {
        try (Member member = Member.alone("stop-late", "drain.window=1s")) {
            member.awaitReady(1, START);
            List<CompletableFuture<HttpResponse<String>>> early = new ArrayList<>();
            for (int i = 0; i < 10; i++)
                early.add(member.http().get(member.uri("/counter/value/?last=0&wait=50"), LONG));
            await("all are held").until(() -> member.metric("holdfast_holds") == 10);
            member.process().signal("TERM");
            List<CompletableFuture<HttpResponse<String>>> late = new ArrayList<>();
            for (int i = 0; member.process().isAlive() && i < 200; i++) {
                late.add(member.http().get(member.uri("/counter/value/?last=0&wait=50"), LONG));
                late.add(member.http().get(member.uri("/health/ready"), LONG));
                Pause.of(Duration.ofMillis(20));
            }
            for (CompletableFuture<HttpResponse<String>> request : early)
                assertEquals("{}", request.get(60, SECONDS).body().strip());
            int told = 0;
            for (CompletableFuture<HttpResponse<String>> request : late) {
                HttpResponse<String> answer = answer(request);
                if (answer == null) continue;
                boolean held = answer.statusCode() == 200;
                assertTrue(held || answer.statusCode() == 503, answer::toString);
                assertFalse(answer.body().isEmpty(), answer::toString);
                if (!held) told++;
            }
            assertTrue(told > 10, "answered 503: " + told + " of " + late.size());
        }
    }

    /** The response, or null if the member had stopped listening or was gone. */
    private static @Nullable HttpResponse<String> answer(CompletableFuture<HttpResponse<String>> request)
            throws Exception {
        try {
            return request.get(60, SECONDS);
        } catch (ExecutionException e) {
            assertTrue(e.getCause() instanceof IOException, e::toString);
            return null;
        }
    }

    @Test
    void moreClientsThanOpenFilesTakeTurnsAndTheMemberServesOn() throws Exception {
        List<String> few = List.of("sh", "-c", "ulimit -n 256 && exec \"$0\" \"$@\"");
        String memberPort = Integer.toString(Ports.free());
        try (Member member = new Member(
                "files", "127.0.0.1", Ports.free(), 0, few, List.of(), List.of("--cluster-port", memberPort))) {
            member.awaitReady(1, START);
            String request = "GET /counter/value/?last=0&wait=2 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), member.port());
                client.setSoTimeout(Math.toIntExact(LONG.toMillis()));
                client.getOutputStream().write(request.getBytes(US_ASCII));
                clients.add(client);
            }
            for (Socket client : clients)
                try (client) {
                    String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
                    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
                }
            member.awaitReady(1, START);
            assertEquals(
                    "1",
                    member.http()
                            .post(member.uri("/counter/value/"), LONG)
                            .get(60, SECONDS)
                            .body()
                            .strip());
            assertFalse(member.process().log().contains("Too many open files"), member.process()::log);
            assertFalse(member.process().log().contains("NoClassDefFoundError"), member.process()::log);
        }
    }

    @Test
    void anEventMayBeAsLargeAsTheSettingAllows() throws Exception {
        try (Member member = Member.alone("large-event", "channel.event-size=16MiB")) {
            member.awaitReady(1, START);
            HttpRequest request = HttpRequest.newBuilder(member.uri("/channels/large/events"))
                    .header("Content-Type", "application/octet-stream")
                    .timeout(LONG)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[3_000_000]))
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(201, answer.statusCode(), answer::body);
        }
    }

    @Test
    void theVersionIsThatOfTheArchive() throws Exception {
        assertTrue(run("version", 0, List.of(), "--version").matches("Holdfast \\d+\\.\\d+\\.\\d+\\S*\\R"));
    }

    @Test
    void aFolderInPlaceOfTheFileIsNamedWithARemedy() throws Exception {
        Path folder = Spawned.folder("no-file");
        String told = run("config-folder", 2, List.of(), "--config", folder.toString());
        assertTrue(told.contains(folder + ", which is a folder. Name the file in it."), told);
    }

    @Test
    void anAddressOfAnotherMachineIsNamedWithARemedy() throws Exception {
        for (String address : List.of("240.0.0.1", "no-such-host.invalid")) {
            String told = run("bind", 2, List.of(), "--bind", address, "--port", Integer.toString(Ports.free()));
            assertTrue(told.contains(address + " is no address of this machine") && told.contains("--bind"), told);
            assertFalse(told.contains("\tat "), told);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalAnswersHeldRequestsAndEndsTheProcessWithinFiveSeconds(String signal, int code) throws Exception {
        String name = "stop-" + signal;
        List<String> settings = List.of("drain.delay=0s", "cluster.port=" + Ports.free());
        // A shell that runs the build in the background has Ctrl-C ignored, and a JVM inherits that.
        List<String> heeding = List.of("env", "--default-signal=INT");
        try (Member member = new Member(name, "127.0.0.1", Ports.free(), 0, heeding, settings, List.of())) {
            member.awaitReady(1, START);
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < 100; i++)
                held.add(member.http().get(member.uri("/counter/value/?last=0&wait=50"), LONG));
            await("all are held").atMost(Duration.ofMinutes(3)).until(() -> member.metric("holdfast_holds") == 100);

            long begun = System.nanoTime();
            member.process().signal(signal);
            for (CompletableFuture<HttpResponse<String>> request : held) {
                assertEquals(200, request.get(60, SECONDS).statusCode());
                assertEquals("{}", request.get().body().strip());
            }
            long answered = System.nanoTime();
            assertEquals(code, member.process().awaitEnd(Duration.ofMinutes(3)));
            long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            System.out.println("FIGURES " + signal + ": 100 held requests answered after ms="
                    + Duration.ofNanos(answered - begun).toMillis() + " process gone after ms=" + millis);
            assertTrue(
                    millis <= 5_000,
                    () -> "It took " + millis + " ms:\n" + member.process().log());
            assertEquals(List.of(), unpacked(name));
            assertFalse(member.process().log().contains("NoClassDefFoundError"), member.process()::log);
        }
    }

    @Test
    void itServesEverythingUntilTheDelayIsOverAndASecondSignalEndsIt() throws Exception {
        try (Member member = Member.alone("lame", "drain.delay=10m")) {
            member.awaitReady(1, START);
            CompletableFuture<HttpResponse<String>> held =
                    member.http().get(member.uri("/counters/a/value/?last=0&wait=100"), LONG);
            await("it is held").atMost(LONG).until(() -> member.metric("holdfast_holds") == 1);
            member.process().signal("TERM");
            await("it says so").atMost(LONG).until(() -> member.http()
                    .ask(member.uri("/health/ready"))
                    .body()
                    .contains("about to stop"));
            HttpResponse<String> last = member.http().ask(member.uri("/health/live"));
            assertEquals("close", last.headers().firstValue("Connection").orElse(""));
            assertFalse(held.isDone());
            member.process().signal("TERM");
            assertEquals("{}", held.get(60, SECONDS).body().strip());
            assertEquals(143, member.process().awaitEnd(LONG));
        }
    }

    @Test
    void theVerbDrainsARunningMember() throws Exception {
        try (Member member = Member.alone("verb", "drain.delay=1s")) {
            member.awaitReady(1, START);
            String script = Path.of("..", "bin", "holdfast").toString();
            List<String> command =
                    List.of(script, "drain", "--wait", "--url", member.uri("/").toString());
            try (Spawned verb = Spawned.start("verb-drain", command, Map.of("HOLDFAST_WAR", Member.archive()))) {
                assertEquals(0, verb.awaitEnd(LONG), verb::log);
                assertTrue(verb.log().contains("delaying, holds 0"), verb::log);
                assertTrue(verb.log().contains("drained, holds 0"), verb::log);
            }
            assertEquals(503, member.http().ask(member.uri("/health/ready")).statusCode());
            assertEquals(200, member.http().ask(member.uri("/health/live")).statusCode());
        }
    }

    @Test
    void theNextStartRemovesTheFilesOfAKilledProcess() throws Exception {
        String memberPort = Integer.toString(Ports.free());
        try (Member member = new Member(
                "leftover",
                "127.0.0.1",
                Ports.free(),
                0,
                List.of(),
                List.of(),
                List.of("--cluster-port", memberPort))) {
            member.awaitReady(1, START);
            List<Path> left = unpacked("leftover");
            assertEquals(1, left.size());
            member.kill();
            assertEquals(left, unpacked("leftover"));
            member.restart();
            member.awaitReady(1, START);
            assertEquals(1, unpacked("leftover").size());
            assertNotEquals(left, unpacked("leftover"));
        }
    }

    /** Runs the archive to its end, checks the exit code and that no folder is left, and returns the output. */
    private static String run(String name, int code, List<String> settings, String... options) throws IOException {
        try (Spawned process =
                Spawned.start("run-" + name, Member.command("run-" + name, settings, List.of(options)), Map.of())) {
            assertEquals(code, process.awaitEnd(START), process::log);
            assertEquals(List.of(), unpacked("run-" + name));
            return process.log();
        }
    }

    /** The folders into which archives were unpacked, in the temporary folder of that process. */
    private static List<Path> unpacked(String name) throws IOException {
        try (Stream<Path> all = Files.list(Spawned.folder(name))) {
            return all.filter(path -> path.getFileName().toString().startsWith("holdfast-"))
                    .sorted()
                    .toList();
        }
    }
}
