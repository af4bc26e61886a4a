// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fanout.gripcontrol.GripControl;
import org.fanout.gripcontrol.GripPubControl;
import org.fanout.gripcontrol.HttpResponseFormat;
import org.fanout.gripcontrol.HttpStreamAction;
import org.fanout.gripcontrol.HttpStreamFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The libraries and the command that others use with Pushpin publish at one member and release requests that all members hold. */
class ClientLibrariesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String ISSUER = "tester", KEY = "changeme";
    private static final Path EXAMPLES = Path.of("..", "examples", "counter");

    private static final List<Spawned> BACKENDS = new ArrayList<>();

    private static Trio trio;
    /** A fourth member, where programs on this machine may publish without credentials. The command sends credentials by TLS only. */
    private static Member open;

    private static Npm npm;

    @BeforeAll
    static void start() throws IOException {
        int libraries = Ports.free(), node = Ports.free(), java = Ports.free();
        Path routes = Spawned.folder("libraries").resolve("routes");
        Files.writeString(routes, """
                *,path_beg=/built-in/ test
                *,path_beg=/libraries/,replace_beg=/ 127.0.0.1:%d
                *,path_beg=/node/,replace_beg=/ 127.0.0.1:%d
                *,path_beg=/java/,replace_beg=/ 127.0.0.1:%d
                """.formatted(libraries, node, java));
        CompletableFuture<Npm> installed =
                CompletableFuture.supplyAsync(() -> new Npm(EXAMPLES.resolve("counter.mjs")));
        trio = new Trio(
                "libraries",
                "proxy.routes=" + routes,
                "grip.key=" + KEY,
                "grip.issuer=holdfast",
                "grip.publish.issuer=" + ISSUER,
                "grip.publish.key=" + KEY);
        open = joining("proxy.routes=" + routes, "cluster.expected=3");
        npm = installed.join();
        spawn("libraries", npm.command("backend.mjs", Integer.toString(libraries), gripUrl()), Map.of());
        spawn("counter-node", npm.command("counter.mjs"), Map.of("PORT", "" + node, "GRIP_URL", gripUrl()));
        spawn(
                "counter-java",
                counterInJava(),
                Map.of("PORT", "" + java, "CONTROL_URI", publisher().uri("").toString(), "ISSUER", ISSUER, "KEY", KEY));
        for (String path : List.of("/libraries/signed", "/node/value", "/java/value"))
            await(path).atMost(PATIENCE).until(() -> ask(holders().get(0), path).statusCode() == 200);
    }

    private static Member joining(String... settings) {
        int port = Ports.free();
        String peers = trio.members().stream().map(Member::memberAddress).collect(Collectors.joining(","));
        Member member = new Member(
                "libraries-open",
                "127.0.0.1",
                Ports.free(),
                port,
                List.of(),
                List.of(settings),
                List.of("--cluster", "libraries", "--cluster-port", Integer.toString(port), "--peers", peers));
        member.awaitReady(4, Duration.ofMinutes(3));
        return member;
    }

    private static void spawn(String name, List<String> command, Map<String, String> environment) {
        BACKENDS.add(Spawned.start(name, command, environment));
    }

    /** The command of the example's page, with the libraries of this test. */
    private static List<String> counterInJava() {
        String path = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(each -> each.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                path,
                EXAMPLES.resolve("Counter.java").toString());
    }

    @AfterAll
    static void stop() {
        BACKENDS.forEach(Spawned::close);
        if (open != null) open.close();
        if (trio != null) trio.close();
    }

    /** The member that gets all publications. */
    private static Member publisher() {
        return trio.members().get(2);
    }

    /** The members that hold requests. */
    private static List<Member> holders() {
        return trio.members();
    }

    private static String gripUrl() {
        return publisher().uri("") + "?iss=" + ISSUER + "&key=" + KEY + "&verify-iss=holdfast&verify-key=" + KEY;
    }

    private static HttpResponse<String> ask(Member member, String path) throws IOException {
        return member.http().ask(member.uri(path));
    }

    private static List<CompletableFuture<HttpResponse<String>>> held(String path) {
        return holders().stream()
                .map(member -> member.http().get(member.uri(path), PATIENCE))
                .toList();
    }

    private static String body(CompletableFuture<HttpResponse<String>> answer) throws Exception {
        return answer.get(PATIENCE.toSeconds(), SECONDS).body();
    }

    /** Waits until every member holds one request more than before. */
    private static void untilHeld(List<Double> before) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> holds().stream().mapToDouble(d -> d).sum()
                        >= before.stream().mapToDouble(d -> d).sum() + before.size());
    }

    private static List<Double> holds() {
        return holders().stream()
                .map(member -> {
                    try {
                        return member.metric("holdfast_holds");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private static void publish(String library, String channel, String what, String content) throws Exception {
        // Old libraries take further parameters for a part of the path.
        String url = gripUrl().replaceAll("&verify.*", "");
        switch (library) {
            case "pushpin-publish" -> pushpinPublish(channel, what, content);
            case "org.fanout:gripcontrol" -> gripControl(channel, what, content);
            default ->
                npm.run(npm.command("publish.mjs", library, url, channel, what, content)
                        .toArray(String[]::new));
        }
    }

    private static void pushpinPublish(String channel, String what, String content) {
        List<String> command = new ArrayList<>(
                List.of("pushpin-publish", "--spec", open.uri("").toString(), "--no-eol"));
        if (what.equals("close")) command.add("--close");
        command.add(channel);
        if (!what.equals("close")) command.add(content);
        npm.run(command.toArray(String[]::new));
    }

    private static void gripControl(String channel, String what, String content) throws Exception {
        GripPubControl control = new GripPubControl(List.of(Map.of(
                "control_uri", publisher().uri("").toString(), "control_iss", ISSUER, "key", KEY.getBytes(UTF_8))));
        List<String> channels = List.of(channel);
        switch (what) {
            case "response" ->
                control.publishHttpResponse(
                        channels, new HttpResponseFormat(content, Map.of("X-Made", "java"), "200", "Good"));
            case "stream" -> control.publishHttpStream(channels, content);
            default -> control.publishHttpStream(channels, new HttpStreamFormat(HttpStreamAction.CLOSE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"@fanoutio/grip", "grip", "org.fanout:gripcontrol", "pushpin-publish"})
    void aPublicationAtOneMemberReleasesRequestsAtAllMembers(String library) throws Exception {
        String channel = "response-" + library.replaceAll("\\W", "-");
        List<Double> before = holds();
        List<CompletableFuture<HttpResponse<String>>> held = held("/built-in/response?channel=" + channel);
        untilHeld(before);

        publish(library, channel, "response", "from a library");

        for (CompletableFuture<HttpResponse<String>> each : held) assertEquals("from a library", body(each));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@fanoutio/grip", "grip", "org.fanout:gripcontrol", "pushpin-publish"})
    void aPublicationReachesStreamsAtAllMembersAndClosesThem(String library) throws Exception {
        String channel = "stream-" + library.replaceAll("\\W", "-");
        List<Double> before = holds();
        List<CompletableFuture<HttpResponse<String>>> held = held("/built-in/stream?channel=" + channel);
        untilHeld(before);

        publish(library, channel, "stream", "one");
        publish(library, channel, "close", "");

        for (CompletableFuture<HttpResponse<String>> each : held) assertEquals("[stream opened]\none", body(each));
    }

    @Test
    void theMiddlewareHoldsAndPublishes() throws Exception {
        List<Double> before = holds();
        List<CompletableFuture<HttpResponse<String>>> held = held("/libraries/served");
        untilHeld(before);

        Member member = holders().get(1);
        assertEquals("published\n", body(member.http().post(member.uri("/libraries/served"), PATIENCE)));

        for (CompletableFuture<HttpResponse<String>> each : held) assertEquals("released\n", body(each));
    }

    @Test
    void eventStreamsGetPublishedEvents() throws Exception {
        Member member = holders().get(0);
        try (Raw raw = Raw.to(member.port())) {
            raw.send("GET /libraries/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
            String head = String.join("\n", raw.head());
            assertTrue(head.contains("text/event-stream"), head);
            String opened = raw.chunk();
            assertTrue(opened.contains("stream-open"), opened);

            Member other = holders().get(1);
            assertEquals("published\n", body(other.http().post(other.uri("/libraries/events"), PATIENCE)));

            String event = raw.chunk();
            assertTrue(event.startsWith("event: message\n"), event);
            assertTrue(event.contains("data: {\"name\":\"John\"}\n\n"), event);
        }
    }

    @Test
    void theSignatureIsAcceptedOnlyWithTheRightKey() throws Exception {
        assertEquals(
                "true true true; with another key false\n",
                ask(holders().get(0), "/libraries/signed").body());
    }

    @Test
    void theSignatureIsAcceptedByTheJavaLibraryToo() throws Exception {
        String sig = ask(holders().get(0), "/libraries/sig").body().strip();
        assertTrue(GripControl.validateSig(sig, Base64.getEncoder().encodeToString(KEY.getBytes(UTF_8))), sig);
        assertFalse(GripControl.validateSig(sig, Base64.getEncoder().encodeToString("other".getBytes(UTF_8))), sig);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/node/value", "/java/value"})
    void theCounterOfTheExamplesHoldsRequests(String path) throws Exception {
        assertEquals("0\n", ask(holders().get(0), path).body());
        assertEquals("0\n", ask(holders().get(0), path + "?last=7").body());
        List<Double> before = holds();
        List<CompletableFuture<HttpResponse<String>>> held = held(path + "?last=0");
        untilHeld(before);

        Member member = holders().get(1);
        assertEquals("1\n", body(member.http().post(member.uri(path), PATIENCE)));

        for (CompletableFuture<HttpResponse<String>> each : held) {
            assertEquals("1\n", body(each));
            assertEquals(
                    "application/json",
                    each.join().headers().firstValue("Content-Type").orElse(""));
        }
        assertEquals("1\n", ask(holders().get(2), path).body());
        assertEquals("{}\n", body(member.http().get(member.uri(path + "?last=1&wait=5"), PATIENCE)));
    }
}
