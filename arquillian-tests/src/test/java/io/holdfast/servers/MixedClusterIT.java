// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import io.holdfast.testing.OwnTime;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tomcat, WildFly and Payara as one cluster, behind a load balancer that does not know of the cluster. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MixedClusterIT {
    private static final int WAITERS = 1000, MANY = 2000, LONG = 32 << 20, FOLLOWING = 100, LEAVING = 10;
    private static final Duration GONE = Duration.ofSeconds(10);
    private static final Pattern HOLDS = Pattern.compile("\"holds\":(\\d+)");
    private static final List<Server.Kind> KINDS = List.of(Server.Kind.TOMCAT, Server.Kind.WILDFLY, Server.Kind.PAYARA);
    private static final Map<String, String> BY_ROLE = Map.of(
            "access.publish",
            "role",
            "access.read",
            "role",
            "access.logs",
            "role",
            "access.camera",
            "role",
            "access.worker",
            "role");
    private static final List<Server> SERVERS = new ArrayList<>();
    private static final List<Origin> BACKENDS = new ArrayList<>();
    private static @Nullable Proxy proxy;

    private final Client client = new Client();

    @BeforeAll
    static void start() throws Exception {
        Path routes = Build.target().resolve("run/routes");
        Files.createDirectories(routes.resolveSibling(""));
        Files.writeString(
                routes, route("/passed/", Origin.that(MixedClusterIT::answer)) + route("/long/", LongBodies.backend()));
        List<Integer> ports = Stream.generate(Ports::free).limit(KINDS.size()).toList();
        String peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (Server.Kind kind : KINDS) {
            Map<String, String> settings = new HashMap<>(BY_ROLE);
            settings.put("cluster.name", "mixed");
            settings.put("proxy.routes", routes.toString());
            settings.put("cluster.port", Integer.toString(ports.get(KINDS.indexOf(kind))));
            settings.put("cluster.peers", peers);
            // More than the default share of these small heaps.
            settings.put("hold.limit", "3000");
            Server server = Server.of(kind, "mixed", settings);
            SERVERS.add(server);
            server.start();
            server.deploy(Build.war());
        }
        proxy = Proxy.haproxy("haproxy", SERVERS.stream().map(Server::base).toList());
        Client client = new Client();
        for (Server server : SERVERS) awaitReady(client, server.base(), "\"members\":3");
        // The balancer goes round robin, so as many answers as servers come from each of them.
        for (int i = 0; i < SERVERS.size(); i++) awaitReady(client, balanced(), "\"members\":3");
    }

    private static String route(String path, Origin backend) {
        BACKENDS.add(backend);
        return "*,path_beg=" + path + " 127.0.0.1:" + backend.port() + ",try_duration=20\n";
    }

    @AfterAll
    static void stop() throws IOException {
        for (Origin backend : BACKENDS) backend.close();
        if (proxy != null) proxy.close();
        for (Server server : SERVERS) server.close();
    }

    @Test
    void aThousandWaitersBehindARoundRobinProxyAreReleasedByOneIncrementThroughIt() throws Exception {
        URI counter = balanced().resolve("counters/mixed/value/");
        for (int value = 0; value < SERVERS.size(); value++) {
            List<CompletableFuture<HttpResponse<String>>> held = hold(WAITERS, counter, value);
            awaitHeld(WAITERS);
            // The shares differ if the balancer misses the health check of a busy server.
            for (Server server : SERVERS) assertTrue(held(server) >= WAITERS / 10, server + " holds " + held(server));
            release("through the proxy", held, counter, value + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void everyServerReleasesTheRequestsThatTheOthersHold(Server.Kind kind) throws Exception {
        String path = "counters/mixed-" + kind + "/value/";
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (Server server : SERVERS) held.addAll(hold(100, server.base().resolve(path), 0));
        awaitHeld(held.size());
        release("from " + kind, held, server(kind).base().resolve(path), 1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void everyServerHoldsTwoThousandRequestsThatOneIncrementReleases(Server.Kind kind) throws Exception {
        URI counter = server(kind).base().resolve("counters/many-" + kind + "/value/");
        List<CompletableFuture<HttpResponse<String>>> held = hold(MANY, counter, 0);
        awaitHeld(MANY);
        assertEquals(MANY, held(server(kind)));
        release("on " + kind, held, counter, 1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void everyServerKnowsItsUsersAndTheirRoles(Server.Kind kind) {
        Http http = Shipped.http(server(kind).base());
        byte[] event = "x".getBytes(StandardCharsets.UTF_8);
        String channel = "/channels/roles-" + kind + "/events", camera = "/cameras/roles-" + kind;
        onlyFor(User.ROB, 204, as -> http.get(channel + "?after=earliest&wait=0", as));
        onlyFor(User.ANN, 201, as -> http.send("POST", channel, event, "Content-Type: text/plain", as)
                .response());
        onlyFor(User.ROB, 200, as -> http.get(channel + "?after=earliest&wait=0", as));
        onlyFor(User.ROB, 404, as -> http.get(camera + "/logs/?cached", as));
        onlyFor(User.ROB, 204, as -> http.get(camera + "/updates/?wait=0", as));
        onlyFor(User.ROB, 204, as -> http.get("/workers/nobody/next?wait=0", as));
    }

    /** Without Payara, whose long bodies a test below checks. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TOMCAT11", "PAYARA"})
    void aWorkerMayAskAnyServerForARequestThatCameToAnother(Server.Kind kind) {
        int at = KINDS.indexOf(kind);
        Http here = Shipped.http(server(kind).base()),
                next = Shipped.http(SERVERS.get((at + 1) % SERVERS.size()).base()),
                last = Shipped.http(SERVERS.get((at + 2) % SERVERS.size()).base());
        String queue = "any-" + kind, rob = User.ROB.header();
        byte[] body = "0123456789".repeat(300_000).getBytes(StandardCharsets.UTF_8);
        CompletableFuture<Response> answer = CompletableFuture.supplyAsync(
                () -> here.send("POST", "/work/" + queue + "/some/path", body, "X-Mine: 1")
                        .response());
        Response given = next.get("/workers/" + queue + "/next?wait=20", rob);
        assertEquals(200, given.status(), given.body());
        assertEquals("/some/path", given.header("Work-Path"));
        String headers = String.join("\n", given.headers().getOrDefault("work-header", List.of()));
        // Tomcat gives the names of headers in lower case.
        assertTrue(headers.toLowerCase(Locale.ROOT).contains("x-mine: 1"), headers);
        assertEquals(new String(body, StandardCharsets.UTF_8), given.body());
        String lease = "/workers/" + queue + "/" + given.header("Work-Id") + "/",
                token = "?token=" + given.header("Work-Token");
        for (Http any : List.of(next, here, last)) {
            assertEquals(204, post(any, lease + "ack" + token, new byte[0]));
            assertEquals(204, post(any, lease + "progress" + token, new byte[] {'1'}));
        }
        assertEquals(409, post(last, lease + "ack?token=1", new byte[0]));
        assertEquals(204, post(here, lease + "response" + token, body));
        assertEquals(409, post(next, lease + "extend" + token, new byte[0]));
        Response response = answer.join();
        assertEquals(200, response.status(), response.headers().toString());
        assertEquals(body.length, response.body().length());
    }

    private static int post(Http http, String path, byte[] body) {
        return http.send("POST", path, body, User.ROB.header()).response().status();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void everyServerPassesBodiesOnWholeAndKeepsTheirConnection(Server.Kind kind) throws Exception {
        try (LongBodies client = LongBodies.through(server(kind).base())) {
            for (LongBodies.Kind bodies : LongBodies.Kind.values()) {
                client.exchange(LONG, bodies, LongBodies.Slow.BACKEND);
                client.exchange(LONG, bodies, LongBodies.Slow.CLIENT);
                for (int i = 0; i < FOLLOWING; i++) client.exchange(100_000 + i, bodies, LongBodies.Slow.NOBODY);
            }
        }
    }

    /** This test is the last, because its topics are followed for a while after it. */
    @Order(Integer.MAX_VALUE)
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void everyServerPassesOnAndHoldsAsTheBackendInstructs(Server.Kind kind) throws Exception {
        Http http = Shipped.http(server(kind).base());
        byte[] body = "0123456789".repeat(300_000).getBytes(StandardCharsets.UTF_8);
        Response echo = http.send("POST", "/passed/echo", body).response();
        assertEquals(200, echo.status(), echo.headers().toString());
        assertEquals(body.length, echo.body().length());
        assertEquals(List.of("a=1", "b=2"), echo.headers().get("set-cookie"));

        Http.Exchange stream = http.send("GET", "/passed/stream-" + kind),
                held = http.send("GET", "/passed/response-" + kind);
        stream.until("begun");
        int at = KINDS.indexOf(kind);
        awaitHeldAt(server(kind));
        Http other = Shipped.http(SERVERS.get((at + 1) % SERVERS.size()).base());
        String items = "{\"items\":[{\"channel\":\"" + kind + "\",\"http-stream\":{\"content\":\"more\"},"
                + "\"http-response\":{\"body\":\"published\"}},"
                + "{\"channel\":\"" + kind + "\",\"http-stream\":{\"action\":\"close\"}}]}";
        Response published = other.send("POST", "/publish/", items.getBytes(StandardCharsets.UTF_8), User.ANN.header())
                .response();
        assertEquals("Published\n", published.body());
        assertEquals("published", held.response().body());
        assertTrue(stream.rest().contains("more"));
    }

    /** These streams have no keep-alive, so nothing is ever written to them. */
    @Order(Integer.MAX_VALUE)
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void noServerHoldsStreamsWhoseClientsHaveLeft(Server.Kind kind) throws Exception {
        Server server = server(kind);
        List<Line> streams = new ArrayList<>();
        for (int i = 0; i < 3 * LEAVING; i++) {
            Line line = Line.to(server.base().getPort())
                    .send("GET " + server.base().getPath() + "passed/stream-left-" + kind
                            + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            streams.add(line);
            line.readTo("begun\r\n");
        }
        awaitHeld(server, streams.size());

        List<Line> closing = streams.subList(0, LEAVING), halfClosing = streams.subList(LEAVING, 2 * LEAVING);
        for (Line line : closing) line.close();
        for (Line line : halfClosing) line.closeItsSide();
        Duration closed = awaitHeld(server, LEAVING);
        // The sweep that has found these has seen the connections of the others, too.
        List<Line> vanishing = streams.subList(2 * LEAVING, 3 * LEAVING);
        for (Line line : vanishing) line.vanish();
        Duration vanished = awaitHeld(server, 0);

        System.out.println("FIGURES left streams: server=" + kind + " closed-ms=" + closed.toMillis() + " vanished-ms="
                + vanished.toMillis());
        assertTrue(closed.compareTo(GONE) <= 0, () -> "those that closed are held for " + closed);
        assertTrue(vanished.compareTo(GONE) <= 0, () -> "those that vanished are held for " + vanished);
        for (Line line : halfClosing)
            try (line) {
                String rest = line.readAll();
                assertFalse(rest.endsWith("0\r\n\r\n"), "a stream that is cut does not look whole: " + rest);
            }
    }

    private Duration awaitHeld(Server server, int expected) {
        long begun = OwnTime.now();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> held(server) == expected);
        return OwnTime.since(begun);
    }

    /** Waits until the server holds two requests at least. */
    private void awaitHeldAt(Server server) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> held(server) >= 2);
    }

    private static void answer(Origin.Asked asked, OutputStream out) throws IOException {
        String what = asked.line().replaceAll(".*/passed/(\\w+)\\S* .*", "$1"),
                channel = asked.line().replaceAll(".*-(\\w+) .*", "$1");
        switch (what) {
            case "echo" ->
                Origin.write(out, Origin.answer(200, "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", asked.text()));
            case "stream" ->
                Origin.write(
                        out, Origin.answer(200, "Grip-Hold: stream\r\nGrip-Channel: " + channel + "\r\n", "begun"));
            default ->
                Origin.write(
                        out, Origin.answer(200, "Grip-Hold: response\r\nGrip-Channel: " + channel + "\r\n", "in vain"));
        }
    }

    private static void onlyFor(User user, int status, Function<String, Response> ask) {
        assertEquals(401, ask.apply("Accept: */*").status());
        for (User each : User.ALL) {
            Response response = ask.apply(each.header());
            assertEquals(each.equals(user) ? status : 403, response.status(), each.name() + ": " + response);
            assertEquals("", response.header("Set-Cookie"));
        }
    }

    private List<CompletableFuture<HttpResponse<String>>> hold(int count, URI counter, int last) {
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < count; i++) held.add(client.hold(counter.resolve("?wait=60&last=" + last)));
        return held;
    }

    private void release(String how, List<CompletableFuture<HttpResponse<String>>> held, URI counter, int value)
            throws Exception {
        long start = System.nanoTime();
        assertEquals(value + "\n", client.post(counter).body());
        for (CompletableFuture<HttpResponse<String>> one : held)
            assertEquals(value + "\n", one.get(30, TimeUnit.SECONDS).body());
        System.out.println(
                held.size() + " waiters released " + how + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        awaitHeld(0);
    }

    private void awaitHeld(int expected) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            int all = 0;
            for (Server server : SERVERS) all += held(server);
            assertEquals(expected, all);
        });
    }

    private int held(Server server) throws IOException, InterruptedException {
        String ready = client.get(server.base().resolve("health/ready")).body();
        Matcher holds = HOLDS.matcher(ready);
        if (!holds.find()) throw new AssertionError(ready);
        return Integer.parseInt(holds.group(1));
    }

    private static Server server(Server.Kind kind) {
        return SERVERS.get(KINDS.indexOf(kind));
    }

    private static URI balanced() {
        if (proxy == null) throw new IllegalStateException("not started");
        return proxy.base();
    }

    private static void awaitReady(Client client, URI base, String expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    HttpResponse<String> ready = client.get(base.resolve("health/ready"));
                    assertTrue(ready.statusCode() == 200 && ready.body().contains(expected), ready.body());
                });
    }
}
