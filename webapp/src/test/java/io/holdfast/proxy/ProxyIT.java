// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static io.holdfast.testing.Origin.answer;
import static io.holdfast.testing.Origin.write;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.grip.Held;
import io.holdfast.http.Backlog;
import io.holdfast.http.CrossOrigin;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Routes;
import io.holdfast.http.TrustedProxies;
import io.holdfast.http.WaitLimits;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of the proxy, on every kind of server. */
@ParameterizedClass
@EnumSource(Container.class)
@Timeout(60)
class ProxyIT {
    @Parameter
    private Container container;

    @TempDir
    private Path folder;

    private final SystemTimer timer = new SystemTimer("proxy-test");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Json json = new Json();
    private final Backlog backlog = new Backlog(64_000_000, json);
    private final Complaints complaints = new Complaints();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Container.Running server;
    private ProxyRoom room;
    private Http http;
    private Duration stall = Duration.ofSeconds(5);
    private String trusted = "";

    /** Passes instructions on as responses, without following them. */
    private static final class Passing extends Uninstructed {
        @Override
        public void take(Held held, int status, Headers headers, byte[] body) {
            Headers plain = headers.only(name -> !name.startsWith("Grip-"));
            held.response().answer(new PassedResponse(status, plain, body));
            held.done();
        }
    }

    @AfterEach
    void stop() throws Exception {
        await("nothing is kept any more").until(() -> backlog.bytes() == 0);
        for (AutoCloseable one : opened) one.close();
        server.close();
        timer.close();
        executor.shutdownNow();
        complaints.close();
    }

    @BeforeEach
    void prepare() {
        server = null;
    }

    private void serve(String... lines) throws Exception {
        Path file = folder.resolve("routes");
        Files.write(file, List.of(lines));
        room = ProxyRoom.open(
                new ProxyOptions(Optional.of(file), stall, 2),
                new Passing(),
                json,
                new Clocks(InstantSource.system(), Ticker.system(), timer),
                executor);
        opened.add(room);
        Routes routes = new Routes();
        room.addTo(routes);
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        server = container.start(
                new FrontServlet(routes, waits, backlog, json, TrustedProxies.of(trusted), CrossOrigin.NONE));
        http = new Http(URI.create("http://127.0.0.1:" + server.port()));
    }

    private Origin origin(Origin.Behaviour behaviour) throws IOException {
        return with(Origin.that(behaviour));
    }

    private Origin with(Origin origin) {
        opened.add(origin);
        return origin;
    }

    /** A path that no server changes, or refuses for its own reasons, but this one. */
    private String path() {
        return container == Container.UNDERTOW ? "/a%2Fb//c;x" : "/a;x";
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }

    private static String target(Origin origin) {
        return "127.0.0.1:" + origin.port();
    }

    @Test
    void aRequestAndItsAnswerPassUnchangedButForWhatConcernsTheConnection() throws Exception {
        Origin origin = origin((asked, out) -> write(
                out,
                answer(
                        201,
                        "Connection: X-Mine\r\nX-Mine: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Other: é\r\n"
                                + "Content-Type: text/plain;charset=utf-8\r\nGrip-Foo: x\r\nKeep-Alive: timeout=3\r\n",
                        "made")));
        trusted = "127.0.0.1";
        serve("* " + target(origin));

        Http.Response answer = http.send(
                        "POST",
                        path() + "?q=1&r=%20",
                        "body".getBytes(StandardCharsets.UTF_8),
                        "X-One: 1",
                        "X-One: 2",
                        "Grip-Sig: forged",
                        "Accept-Encoding: gzip",
                        "X-Forwarded-For: 10.0.0.1",
                        "X-Gone: 1",
                        "Keep-Alive: 5",
                        "TE: trailers",
                        "Content-Type: text/x")
                .response();

        assertEquals(201, answer.status());
        assertEquals("made", answer.body());
        assertEquals(List.of("a=1", "b=2"), answer.headers().get("set-cookie"));
        assertEquals("4", answer.header("Content-Length"));
        assertEquals("", answer.header("X-Mine"));
        assertEquals("", answer.header("Grip-Foo"));
        assertEquals("", answer.header("Cache-Control"));
        Origin.Asked asked = origin.asked().get(0);
        assertEquals("POST " + path() + "?q=1&r=%20 HTTP/1.1", asked.line());
        assertEquals("body", asked.text());
        assertEquals("4", asked.header("Content-Length"));
        assertEquals("localhost", asked.header("Host"));
        assertEquals("10.0.0.1, 127.0.0.1", asked.header("X-Forwarded-For"));
        assertEquals("http", asked.header("X-Forwarded-Proto"));
        assertEquals("identity", asked.header("Accept-Encoding"));
        assertTrue(asked.header("Via").startsWith("1.1 holdfast-"), asked.header("Via"));
        assertEquals(
                2,
                asked.headers().stream()
                        .filter(h -> h.regionMatches(true, 0, "X-One:", 0, 6))
                        .count());
        for (String name : List.of("Grip-Sig", "Keep-Alive", "TE", "Connection", "Expect"))
            assertEquals("", asked.header(name), name);
    }

    @Test
    void aClientSpeaksForNobodyElseAndImitatesNoHeader() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", "")));
        serve("*,header=X-Secret:right,aco " + target(origin));
        String imitated = "{\"X-Forwarded-For\":\"10.0.0.1\",\"X_Forwarded_For\":\"10.0.0.1\",\"Grip_Sig\":\"x\"}";

        http.get(
                "/plain",
                "X-Forwarded-For: 10.0.0.1",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Port: 1",
                "Forwarded: for=10.0.0.1",
                "X-Real-IP: 10.0.0.1",
                "X_Forwarded_For: 10.0.0.1",
                "Grip_Sig: forged",
                "X_Secret: wrong",
                "Transfer_Encoding: chunked",
                "CDN_Loop: x",
                "X_Mine: 1");
        http.get("/removed", "Connection: X-Forwarded-For, X-Forwarded-Proto, x-forwarded-host");
        http.get("/script?callback=f&_headers=" + URLEncoder.encode(imitated, StandardCharsets.UTF_8));

        for (Origin.Asked asked : origin.asked()) {
            assertEquals("127.0.0.1", asked.header("X-Forwarded-For"));
            assertEquals("http", asked.header("X-Forwarded-Proto"));
            assertEquals("localhost", asked.header("X-Forwarded-Host"));
            assertEquals("right", asked.header("X-Secret"));
            for (String name : List.of("X-Forwarded-Port", "Forwarded", "X-Real-IP"))
                assertEquals("", asked.header(name));
            assertEquals(
                    asked.line().contains("plain") ? List.of("x_mine: 1") : List.of(),
                    asked.headers().stream()
                            .filter(header -> header.split(":", 2)[0].contains("_"))
                            .map(header -> header.toLowerCase(Locale.ROOT))
                            .toList());
        }
        assertEquals(3, origin.asked().size());
    }

    @Test
    void anotherProtocolIsRefusedAndAnOfferOfHttpIsNot() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", "plain")));
        serve("*,path_beg=/off/,no_grip " + target(origin), "* " + target(origin));
        String handshake =
                "Upgrade: websocket|Connection: keep-alive, Upgrade|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                        + "|Sec-WebSocket-Version: 13";

        for (String path : List.of("/", "/off/"))
            for (String headers : List.of(
                    handshake, "Upgrade: h2c, WebSocket|Connection: Upgrade", "Upgrade: tcp|Connection: upgrade")) {
                Http.Response refused = http.get(path, headers.split("\\|"));
                assertEquals(501, refused.status());
                assertEquals("application/problem+json", refused.header("Content-Type"));
                assertTrue(refused.body().contains("\"field\":\"Upgrade\""), refused.body());
                assertTrue(refused.body().contains("\"outcome\":\"none\""), refused.body());
            }
        assertEquals(0, origin.asked().size());
        for (String offered : List.of("Upgrade: h2c", "Upgrade: TLS/1.2, HTTP/2.0"))
            assertEquals("plain", http.get("/", offered, "Connection: Upgrade").body());
    }

    /** The header is to be ignored then (RFC 9110, 7.8), and never reaches a backend. */
    @Test
    void anotherProtocolIsIgnoredFromOldClientsAndFromThoseThatDoNotAskTheNextServer() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", "plain")));
        serve("* " + target(origin));
        // Jetty refuses both itself.
        if (container == Container.JETTY) return;

        assertEquals("plain", http.get("/", "Upgrade: websocket").body());
        String old = http.raw("GET / HTTP/1.0\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                .response()
                .body();
        assertEquals("plain", old);
        for (Origin.Asked asked : origin.asked()) assertEquals("", asked.header("Upgrade"));
    }

    @Test
    void aClientCannotSendEventsOfWebSocketsToABackendThatBelievesThem() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", "plain")));
        serve("*,aco " + target(origin), "*,path_beg=/off/,no_grip " + target(origin));
        byte[] events = "OPEN\r\n".getBytes(StandardCharsets.UTF_8);
        String type = "application/websocket-events",
                script = URLEncoder.encode("{\"Content-Type\":\"" + type + "\"}", StandardCharsets.UTF_8);

        for (String header : List.of(
                "Content-Type: " + type,
                "content-type: Application/WebSocket-Events;a=b",
                "Accept: text/html, " + type + ";q=0.1",
                "Content_Type: " + type)) {
            Http.Response refused = http.send("POST", "/", events, header).response();
            assertEquals(403, refused.status(), header);
            assertEquals("Client not allowed to send WebSocket events directly.\n", refused.body());
        }
        assertEquals(
                403,
                http.get("/?callback=f&_method=POST&_body=OPEN&_headers=" + script)
                        .status());
        assertEquals(0, origin.asked().size());
        assertEquals(
                200,
                http.send("POST", "/off/", events, "Content-Type: " + type)
                        .response()
                        .status());
    }

    @Test
    void aPathThatTheBackendMayTakeForAnotherIsRefusedWhereThePathDecides() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", "plain")));
        serve("*,path_beg=/api/,replace_beg=/public/ " + target(origin), "other " + target(origin));

        Http.Response refused =
                http.send("POST", "/api/..;/secret", new byte[1]).response();
        assertEquals(400, refused.status());
        if (container == Container.UNDERTOW) {
            assertTrue(refused.body().contains("\"field\":\"path\""), refused.body());
            assertEquals(400, http.get("/api/%2e%2e/secret").status());
            assertEquals(0, origin.asked().size());
            http.raw("GET /a/../b HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n")
                    .response();
            assertEquals("GET /a/../b HTTP/1.1", origin.asked().get(0).line());
        }
    }

    @Test
    void placesAndCookiesOfTheBackendAreThoseOfTheClient() throws Exception {
        Origin origin = origin((asked, out) -> write(
                out,
                answer(
                        302,
                        "Location: /b/login?to=/b/x\r\nSet-Cookie: a=1; Path=/b/; HttpOnly\r\nSet-Cookie: b=2; path=/\r\n",
                        "")));
        serve("*,path_beg=/a/,replace_beg=/b/,aco " + target(origin));

        Http.Response answer = http.get("/a/x", "Origin: http://other.example");

        assertEquals("/a/login?to=/b/x", answer.header("Location"));
        assertEquals(
                List.of("a=1; Path=/a/; HttpOnly", "b=2; path=/"),
                answer.headers().get("set-cookie"));
        assertEquals("http://other.example", answer.header("Access-Control-Allow-Origin"));
    }

    @Test
    void aTrustedProxyReportsThatItsClientUsesTls() throws Exception {
        Origin plain = origin((asked, out) -> write(out, answer(200, "", "plain")));
        Origin secure = origin((asked, out) -> write(out, answer(200, "", "secure")));
        trusted = "127.0.0.1";
        serve("*,ssl=no " + target(plain), "*,ssl=yes " + target(secure));

        assertEquals("plain", http.get("/").body());
        assertEquals("secure", http.get("/", "X-Forwarded-Proto: https").body());
        assertEquals(
                "secure", http.get("/", "Forwarded: for=192.0.2.1;proto=https").body());
        for (Origin.Asked asked : secure.asked()) assertEquals("https", asked.header("X-Forwarded-Proto"));
    }

    @Test
    void aMessageWithoutABodyStaysWithoutOne() throws Exception {
        Origin origin = origin((asked, out) -> {
            if (asked.line().startsWith("HEAD")) write(out, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
            else if (asked.line().contains("304")) write(out, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
            else write(out, "HTTP/1.1 204 No Content\r\n\r\n");
        });
        serve("* " + target(origin));

        assertEquals("77", http.send("HEAD", "/").response().header("Content-Length"));
        assertEquals(304, http.get("/304").status());
        assertEquals("\"x\"", http.get("/304").header("ETag"));
        assertEquals(204, http.send("DELETE", "/").response().status());
        assertEquals("", origin.asked().get(0).header("Transfer-Encoding"));
    }

    @Test
    void aStreamIsPassedOnPieceByPiece() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        Origin origin = origin((asked, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            try {
                seen.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            write(out, "4\r\nlast\r\n0\r\nX-Trailer: 1\r\n\r\n");
        });
        serve("* " + target(origin));

        Http.Exchange exchange = http.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        exchange.until("first");
        seen.countDown();
        assertTrue(exchange.until("\r\n0\r\n\r\n").contains("last"));
    }

    @Test
    void aScriptIsGivenACallPieceByPiece() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        Origin origin = origin((asked, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            hold(seen);
            write(out, "3\r\n\"la\r\n4\r\nst\r\n\r\n0\r\n\r\n");
        });
        serve("*,aco " + target(origin));

        Http.Exchange exchange = http.send("GET", "/?callback=go&_method=PUT&_body=%7B%7D&a=b", "Accept: text/html");
        String begun = exchange.until("first");
        seen.countDown();
        String all = begun + exchange.rest();

        assertTrue(all.startsWith("HTTP/1.1 200") && all.contains("application/javascript"), all);
        assertFalse(all.contains("Access-Control"), all);
        assertTrue(all.replaceAll("\r\n[0-9a-fA-F]+\r\n", "").contains("\"body\": \"first\\\"last\\r\\n\"});"), all);
        Origin.Asked asked = origin.asked().get(0);
        assertEquals("PUT /?a=b HTTP/1.1", asked.line());
        assertEquals("{}", asked.text());
        assertEquals("*/*", asked.header("Accept"));
    }

    @Test
    void whatIsPutIntoAScriptIsNotCompressed() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", asked.header("Accept-Encoding"))));
        serve("*,aco,no_grip " + target(origin));

        assertTrue(http.get("/?callback=go", "Accept-Encoding: gzip").body().contains("\"body\": \"identity\""));
        assertEquals("gzip", http.get("/", "Accept-Encoding: gzip").body());
    }

    @Test
    void aScriptIsGivenACallWhateverBecomesOfIt() throws Exception {
        serve("*,aco,jsonp_mode=basic 127.0.0.1:" + Ports.free());

        assertEquals(
                "/**/a.b(Error while proxying to origin.);\n",
                http.get("/?callback=a.b").body());
        Http.Response refused = http.get("/?callback=alert(1)");
        assertEquals(400, refused.status());
        assertEquals("Invalid callback parameter.\n", refused.body());
        assertEquals(502, http.get("/?call=a").status());
    }

    @Test
    void aLongAnswerAndALongBodyPassWhole() throws Exception {
        int size = 20_000_000;
        AtomicInteger got = new AtomicInteger();
        Origin origin = origin((asked, out) -> {
            got.set(asked.body().length);
            for (int i = 0; i < asked.body().length; i++) if (asked.body()[i] != (byte) (i * 31)) got.set(-i);
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            out.write(asked.body());
            out.flush();
        });
        serve("* " + target(origin));
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) body[i] = (byte) (i * 31);

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            write(out, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + size + "\r\n\r\n");
            out.write(body);
            InputStream in = socket.getInputStream();
            byte[] all = in.readAllBytes();
            int begin = new String(all, 0, 1000, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
            assertEquals(size, got.get());
            assertEquals(size, all.length - begin);
            for (int i = 0; i < size; i++) assertEquals((byte) (i * 31), all[begin + i], "at " + i);
        }
    }

    @Test
    void aChunkedBodyIsPassedOnInChunks() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", asked.text())));
        serve("* " + target(origin));

        Http.Exchange exchange = http.send("POST", "/", "Transfer-Encoding: chunked");
        exchange.write("3\r\nabc\r\n".getBytes(StandardCharsets.UTF_8));
        exchange.write("2\r\nde\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8));

        assertEquals("abcde", exchange.response().body());
        assertEquals("chunked", origin.asked().get(0).header("Transfer-Encoding"));
    }

    @Test
    void chunksMayComeByteByByte() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", asked.text())));
        serve("* " + target(origin));
        try (Line line = Line.to(server.port())) {
            line.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (char each : "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n".toCharArray()) {
                pause(5);
                line.send(String.valueOf(each));
            }
            line.readTo("\r\n\r\nhello!");
        }
    }

    @Test
    void anUnreachableTargetOrAMissingRouteGets502AtOnce() throws Exception {
        serve("a.example 127.0.0.1:" + Ports.free(), "b.example,debug 127.0.0.1:" + Ports.free());

        Line line = Line.to(server.port());
        assertTrue(line.send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
                .readAll()
                .endsWith("\r\n\r\nError while proxying to origin.\n"));
        assertTrue(Line.to(server.port())
                .send("GET / HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n")
                .readAll()
                .contains("Unable to connect to any targets. Tried: 127.0.0.1:"));
        assertEquals(502, http.get("/").status());
        assertEquals("No route for host: localhost\n", http.get("/").body());
    }

    @Test
    void aRequestThatNamesThisProxyInViaGets508() throws Exception {
        serve("* 127.0.0.1:1");
        int port = server.port();
        Origin origin = origin((asked, out) -> write(out, answer(200, "", asked.header("Via"))));
        serve("* " + target(origin));
        String via = http.get("/").body();

        assertEquals(508, http.get("/", "Via: 1.0 other, " + via).status());
        assertEquals(200, http.get("/", "Via: 1.0 other").status());
        assertTrue(port > 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET X A: b",
                "GET X-A: b\u000bc",
                "HEAD Content-Length: many",
                "HEAD Content-Length: +5",
                "HEAD Content-Length: 5\r\nContent-Length: 6"
            })
    void aMalformedResponseHeaderGets502(String methodAndHeader) throws Exception {
        String[] parts = methodAndHeader.split(" ", 2);
        Origin origin = origin((asked, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n" + parts[1] + "\r\n\r\n");
            throw new IOException("enough");
        });
        serve("* " + target(origin));
        assertEquals(502, http.send(parts[0], "/").response().status());
    }

    @Test
    void aLoopIsFoundThoughARouteTakesViaAway() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", asked.header("CDN-Loop"))));
        serve("*,header=Via:,header=CDN-Loop: " + target(origin));
        String loop = http.get("/").body();

        assertTrue(loop.startsWith("holdfast-"), loop);
        assertEquals("", origin.asked().get(0).header("Via"));
        assertEquals(
                508, http.get("/", "CDN-Loop: other; v=1, " + loop + "; v=2").status());
        assertEquals(200, http.get("/", "CDN-Loop: other, x" + loop).status());
    }

    @Test
    void aResponseIsCutIfItsBackendDiesInTheMiddle() throws Exception {
        Origin origin = origin((asked, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbeginning");
            throw new IOException("dies");
        });
        serve("* " + target(origin));

        String all = http.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n").until("beginning");
        assertTrue(all.startsWith("HTTP/1.1 200"));
        Line line = Line.to(server.port()).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(line.readAll().contains("beginning"));
    }

    @Test
    void aClientGets502IfTheBackendDies() throws Exception {
        Origin origin = origin((asked, out) -> {
            throw new IOException("dies");
        });
        serve("* " + target(origin));

        assertEquals("Error while proxying to origin.\n", http.get("/").body());
        assertEquals(502, http.post("/").status());
    }

    @Test
    void requestsWaitInOrderUntilTheBackendIsThere() throws Exception {
        Origin origin = with(Origin.away((asked, out) -> write(out, answer(200, "", "there"))));
        serve("* " + target(origin) + ",try_duration=20,try_interval=0.05");
        List<Http.Exchange> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(http.send("POST", "/" + i, ("body " + i).getBytes(StandardCharsets.UTF_8)));
            pause(10);
        }
        origin.listen();

        for (Http.Exchange one : waiting) assertEquals("there", one.response().body());
        assertEquals(20, origin.asked().size());
        for (Origin.Asked asked : origin.asked())
            assertEquals("body " + asked.line().replaceAll("\\D*(\\d+) HTTP.*", "$1"), asked.text());
    }

    @Test
    void oneAtATimeInOrderOfComing() throws Exception {
        AtomicInteger at = new AtomicInteger(), most = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        Origin origin = origin((asked, out) -> {
            most.accumulateAndGet(at.incrementAndGet(), Math::max);
            try {
                first.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            at.decrementAndGet();
            write(out, answer(200, "", "done"));
        });
        serve("* " + target(origin) + ",try_duration=20,concurrency=1");
        List<Http.Exchange> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(http.send("GET", "/" + i));
            int behind = i;
            await().until(() -> origin.asked().size() == 1 && room.waiting() == behind);
        }
        first.countDown();

        for (Http.Exchange one : waiting) assertEquals("done", one.response().body());
        assertEquals(1, most.get());
        for (int i = 0; i < 20; i++)
            assertEquals("GET /" + i + " HTTP/1.1", origin.asked().get(i).line());
    }

    @Test
    void a502StatesHowLongTheBackendWasTried() throws Exception {
        serve("* 127.0.0.1:" + Ports.free() + ",try_duration=0.5,try_interval=0.05");

        Http.Response answer = http.get("/");
        assertEquals(502, answer.status());
        assertTrue(
                answer.body().matches("Error while proxying to origin. It was tried for 0\\.[5-9] s\\.\n"),
                answer.body());
    }

    /** The first request may be trying just then, and does not count as waiting. */
    @Test
    void noMoreWaitThanMay() throws Exception {
        serve("* 127.0.0.1:" + Ports.free() + ",try_duration=3,max_waiting=2");
        List<Http.Exchange> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) all.add(http.send("GET", "/" + i));

        List<Http.Response> answers = all.stream().map(Http.Exchange::response).toList();
        List<Http.Response> refused =
                answers.stream().filter(answer -> answer.status() == 503).toList();
        assertTrue(refused.size() == 7 || refused.size() == 8, refused.size() + " were refused");
        assertEquals("1", refused.get(0).header("Retry-After"));
        assertEquals(
                10 - refused.size(),
                answers.stream().filter(answer -> answer.status() == 502).count());
    }

    @Test
    void onlyAnIdempotentRequestIsRetriedWhenItsBackendDies() throws Exception {
        AtomicInteger times = new AtomicInteger();
        Origin origin = origin((asked, out) -> {
            if (times.incrementAndGet() % 3 != 0) throw new IOException("dies");
            write(out, answer(200, "", "third"));
        });
        serve("* " + target(origin) + ",try_duration=5,try_interval=0.01");

        assertEquals("third", http.get("/").body());
        for (String method : List.of("PUT", "DELETE")) {
            times.set(0);
            assertEquals("third", http.send(method, "/", new byte[1]).response().body());
        }
        times.set(0);
        assertEquals(502, http.post("/").status());
        assertEquals(1, times.get());
        times.set(0);
        assertEquals(
                "third",
                http.send("POST", "/", "x".getBytes(StandardCharsets.UTF_8), "Idempotency-Key: 1")
                        .response()
                        .body());
    }

    @Test
    void theTestTargetGreets() throws Exception {
        serve("*,path_beg=/try test");

        assertEquals(
                "Hello from the Holdfast test handler!\n", http.get("/try/").body());
        assertEquals("nothing for now\n", http.get("/try/response").body());
        assertEquals(404, http.get("/try/other").status());
        assertEquals(502, http.get("/elsewhere").status());
    }

    @Test
    void crossOriginScriptsMayReadIfTheRouteAllowsIt() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "X-Mine: 1\r\n", "x")));
        serve("*,aco " + target(origin));

        Http.Response got = http.get("/", "Origin: http://a.example");
        assertEquals("http://a.example", got.header("Access-Control-Allow-Origin"));
        assertEquals("true", got.header("Access-Control-Allow-Credentials"));
        assertTrue(got.header("Access-Control-Expose-Headers").contains("X-Mine"));
    }

    @Test
    void aBackendThatIsAwayIsPassedOver() throws Exception {
        Origin one = origin((asked, out) -> write(out, answer(200, "", "one")));
        Origin two = origin((asked, out) -> write(out, answer(200, "", "two")));
        serve("* " + target(one) + ",policy=round_robin " + target(two) + " 127.0.0.1:" + Ports.free());

        List<String> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) all.add(http.get("/").body());
        assertEquals(3, all.stream().filter("one"::equals).count(), all.toString());
        assertEquals(3, all.stream().filter("two"::equals).count(), all.toString());
    }

    @Test
    void aClientThatDisconnectsWhileWaitingLeavesTheQueue() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Origin origin = origin((asked, out) -> {
            hold(released);
            write(out, answer(200, "", asked.line()));
        });
        serve("* " + target(origin) + ",try_duration=30,concurrency=1,max_waiting=1");
        Http.Exchange first = http.send("GET", "/1");
        await().until(() -> origin.asked().size() == 1);
        waiting("/2").vanish();
        List<Http.Exchange> tried = new ArrayList<>();
        await("it has left").until(() -> {
            Http.Exchange third = http.send("GET", "/3");
            tried.add(third);
            pause(100);
            return !third.isAnswered();
        });
        released.countDown();

        assertEquals("GET /1 HTTP/1.1", first.response().body());
        assertEquals("GET /3 HTTP/1.1", tried.get(tried.size() - 1).response().body());
        assertTrue(origin.asked().stream().noneMatch(asked -> asked.line().contains("/2")));
    }

    /** A request that has the only place, and the body of which does not come. */
    private Http.Exchange waiting(String path) {
        for (; ; ) {
            Http.Exchange waiting = http.send("POST", path, "Content-Length: 10");
            waiting.write(new byte[3]);
            // On a busy machine, the other may come first, and have the place.
            try (Http.Exchange other = http.send("POST", "/other", "Content-Length: 10")) {
                await("one of them is refused").until(() -> waiting.isAnswered() || other.isAnswered());
                if (other.isAnswered()) return waiting;
            }
            waiting.close();
        }
    }

    @Test
    void aClientThatDisconnectsWithinItsBodyFreesTheBackend() throws Exception {
        CountDownLatch began = new CountDownLatch(1), closed = new CountDownLatch(1);
        Origin origin = with(Origin.raw((in, out) -> {
            String begin = new String(in.readNBytes(4), StandardCharsets.UTF_8);
            began.countDown();
            if (begin.equals("POST")) {
                readToTheEnd(in, closed);
            } else write(out, answer(200, "", begin));
        }));
        serve("* " + target(origin) + ",try_duration=30,concurrency=1,body_buffer=0");
        Http.Exchange first = http.send("POST", "/1", "Content-Length: 10");
        first.write(new byte[3]);
        began.await();
        first.vanish();
        assertEquals("GET ", http.get("/2").body());
        assertTrue(closed.await(60, SECONDS));
    }

    @Test
    void aClientThatStallsInItsBodyGets408AndFreesTheBackend() throws Exception {
        stall = Duration.ofSeconds(1);
        CountDownLatch closed = new CountDownLatch(1);
        Origin origin = with(Origin.raw((in, out) -> {
            String begin = new String(in.readNBytes(4), StandardCharsets.UTF_8);
            if (begin.equals("POST")) {
                readToTheEnd(in, closed);
            } else write(out, answer(200, "", begin));
        }));
        serve("* " + target(origin) + ",try_duration=30,concurrency=1");
        try (Line line = Line.to(server.port())) {
            line.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
            Http.Exchange next = http.send("GET", "/2");
            assertTrue(line.readTo("arrived in time").startsWith("HTTP/1.1 408"));
            assertEquals("GET ", next.response().body());
            assertTrue(closed.await(60, SECONDS));
        }
    }

    @Test
    void aRequestWaitsForABackendThatFailsItsCheckButAcceptsConnections() throws Exception {
        AtomicBoolean well = new AtomicBoolean();
        Origin origin = origin((asked, out) -> {
            boolean check = asked.line().startsWith("GET /up?all ");
            write(out, check && !well.get() ? answer(503, "", "not yet") : answer(200, "", "there"));
        });
        serve("* " + target(origin) + ",health=/up?all,health_interval=0.1,try_duration=30,try_interval=0.05");
        await().until(() -> isIll(origin));
        Http.Exchange waits = http.send("GET", "/wanted");
        await().until(() -> room.waiting() == 1);
        int checks = origin.asked().size();
        await().until(() -> origin.asked().size() > checks + 2);

        assertTrue(origin.asked().stream().noneMatch(asked -> asked.line().contains("/wanted")));
        Origin.Asked check = origin.asked().get(0);
        assertEquals(target(origin), check.header("Host"));
        well.set(true);
        assertEquals("there", waits.response().body());
    }

    /** Whether requests that cannot wait are refused at once: the first check has been made. */
    private boolean isIll(Origin origin) {
        return origin.asked().stream()
                        .filter(asked -> asked.line().contains("/up"))
                        .count()
                > 1;
    }

    @Test
    void aBackendThatFailsItsCheckIsSkipped() throws Exception {
        AtomicBoolean well = new AtomicBoolean(true);
        CountDownLatch over = new CountDownLatch(1);
        Origin one = origin((asked, out) -> write(out, answer(200, "", "one")));
        Origin two = origin((asked, out) -> {
            // A backend that says nothing is away, too.
            if (asked.line().contains("/up") && !well.get()) hold(over);
            write(out, answer(200, "", "two"));
        });
        serve("* " + target(one) + ",policy=round_robin,health=/up,health_interval=0.1 " + target(two));
        assertEquals(Set.of("one", "two"), Set.copyOf(twice()));

        well.set(false);
        await().until(() -> twice().equals(List.of("one", "one")));
        for (int i = 0; i < 10; i++) assertEquals("one", http.get("/").body());
        well.set(true);
        over.countDown();
        await().until(() -> Set.copyOf(twice()).size() == 2);
    }

    private List<String> twice() {
        return List.of(http.get("/").body(), http.get("/").body());
    }

    @Test
    void aRequestThatWaitsWhenTheProxyClosesGets503() throws Exception {
        serve("* 127.0.0.1:" + Ports.free() + ",try_duration=30");
        Http.Exchange waits = http.send("GET", "/");
        await().until(() -> room.waiting() == 1);
        opened.remove(0).close();

        Http.Response told = waits.response();
        assertEquals(503, told.status());
        assertEquals("none", told.header("Holdfast-Outcome"));
    }

    @Test
    void aRequestThatWaitsAgainWhenTheProxyClosesMayHaveBeenBegun() throws Exception {
        AtomicReference<Origin> leaving = new AtomicReference<>();
        Origin origin = origin((asked, out) -> leaving.get().leave());
        leaving.set(origin);
        serve("* " + target(origin) + ",try_duration=30,try_interval=20");
        Http.Exchange waits = http.send("GET", "/");
        await().until(() -> origin.asked().size() == 1 && room.waiting() == 1);
        opened.remove(0).close();

        Http.Response told = waits.response();
        assertTrue(told.status() == 503 || told.status() == 502, "it waits, or is just being tried again: " + told);
        assertEquals("unknown", told.header("Holdfast-Outcome"));
    }

    @Test
    void anEarlyResponseFreesTheBackend() throws Exception {
        Origin origin = origin((asked, out) -> {});
        Origin hasty = with(Origin.raw((in, out) -> {
            in.read();
            write(out, answer(403, "", "no"));
        }));
        serve("a.example " + target(hasty) + ",concurrency=1,try_duration=5", "* " + target(origin));
        for (int i = 0; i < 3; i++)
            try (Line line = Line.to(server.port())) {
                line.send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000\r\n\r\nbeginning");
                assertTrue(line.readTo("no").startsWith("HTTP/1.1 403"));
            }
    }

    @Test
    void aBodyIsNoLongerThanItsRouteAllows() throws Exception {
        Origin origin = origin((asked, out) -> write(out, answer(200, "", "took " + asked.body().length)));
        serve("* " + target(origin) + ",max_body=1000");

        assertEquals(
                "took 1000", http.send("POST", "/", new byte[1000]).response().body());
        Http.Response refused = http.send("POST", "/", new byte[1001]).response();
        assertEquals(413, refused.status());
        assertEquals("Body must not exceed 1000 bytes\n", refused.body());
        assertEquals(1, origin.asked().size());
    }

    @Test
    void aBodyThatTurnsOutTooLongIsCutForTheBackend() throws Exception {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        CountDownLatch began = new CountDownLatch(1), closed = new CountDownLatch(1);
        Origin origin = with(Origin.raw((in, out) -> {
            try {
                for (int next = in.read(); next >= 0; next = in.read()) {
                    got.write(next);
                    if (next == 'x') began.countDown();
                }
            } finally {
                closed.countDown();
            }
        }));
        serve("* " + target(origin) + ",max_body=1000,body_buffer=0");
        Http.Exchange exchange = http.send("POST", "/", "Transfer-Encoding: chunked");
        exchange.write(("1f4\r\n" + "x".repeat(500) + "\r\n").getBytes(StandardCharsets.UTF_8));
        assertTrue(began.await(60, SECONDS));
        exchange.write(("1f5\r\n" + "x".repeat(501) + "\r\n0\r\n\r\n").getBytes(StandardCharsets.UTF_8));

        Http.Response refused = exchange.response();
        assertEquals(413, refused.status());
        assertEquals("Body must not exceed 1000 bytes\n", refused.body());
        assertTrue(closed.await(60, SECONDS));
        String all = got.toString(StandardCharsets.ISO_8859_1);
        assertFalse(all.endsWith("0\r\n\r\n"), "it looks whole");
        assertTrue(all.chars().filter(c -> c == 'x').count() <= 1000);
    }

    private static void readToTheEnd(InputStream in, CountDownLatch closed) throws IOException {
        try {
            in.readAllBytes();
        } finally {
            closed.countDown();
        }
    }

    private static void hold(CountDownLatch released) throws IOException {
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
