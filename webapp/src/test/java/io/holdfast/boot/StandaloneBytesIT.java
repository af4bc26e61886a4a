// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of requests and responses at the port of the standalone run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StandaloneBytesIT {
    private static final String CHUNKED =
            "Host: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final Set<String> READ = Set.of("/channels/bad/events", "/b/bad", "/work/bad/x");
    private static final int WORKERS = Ports.free();

    private @Nullable Origin backend;
    private @Nullable StandingServer started;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        backend = Origin.that((asked, out) -> {
            String path = asked.line().split(" ", -1)[1];
            if (path.startsWith("/b/trunc"))
                Origin.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            else if (path.startsWith("/b/chunked"))
                Origin.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
            else if (path.startsWith("/b/head")) Origin.write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            else if (path.startsWith("/b/long"))
                Origin.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 12345678901\r\n\r\n");
            else if (path.startsWith("/b/type"))
                Origin.write(out, Origin.answer(200, "Content-Type: " + asked.header("X-Type") + "\r\n", "typed"));
            else if (path.startsWith("/b/none")) Origin.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
            else if (path.startsWith("/b/same")) Origin.write(out, "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");
            else Origin.write(out, Origin.answer(200, "", asked.line() + "|" + asked.text()));
            if (path.startsWith("/b/trunc") || path.startsWith("/b/head")) throw new IOException("closed");
        });
        Path routes = Files.write(
                folder.resolve("routes"),
                List.of("*,path_beg=/b/ 127.0.0.1:" + backend().port()));
        started =
                StandingServer.start(Map.of("proxy.routes", routes.toString(), "work.port", Integer.toString(WORKERS)));
    }

    @AfterAll
    void stop() throws IOException {
        server().close();
        backend().close();
    }

    private Origin backend() {
        return Objects.requireNonNull(backend);
    }

    private StandingServer server() {
        return Objects.requireNonNull(started);
    }

    private Http http() {
        return server().http();
    }

    /** All that is answered, until the connection is closed. */
    private String raw(String request) throws IOException {
        try (Line line = Line.to(server().port()).send(request)) {
            return line.readAll();
        }
    }

    private static void assertProblem(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        assertTrue(answer.contains("\"status\":" + status), answer);
        assertFalse(answer.contains("<reset>"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/channels/bad/events",
                "/b/bad",
                "/work/bad/x",
                "/dump/",
                "/jobs/",
                "/publish/",
                "/counter/value/"
            })
    void aMalformedBodyIsRefusedOnEveryPath(String path) throws Exception {
        int asked = backend().asked().size();
        for (String chunks : List.of(
                "zz\r\n",
                "-1\r\n",
                "\r\n",
                "GET /x HTTP/1.1\r\n",
                "5\r\nhelloSPILLED\r\n0\r\n\r\n",
                "5\r\nhello\r\nZZ\r\n\r\n")) {
            assertProblem(400, raw("POST " + path + " HTTP/1.1\r\n" + CHUNKED + chunks));
            try (Line line = Line.to(server().port())) {
                line.send("POST " + path + " HTTP/1.1\r\n" + CHUNKED + "1\r\nx\r\n");
                line.send(chunks);
                String answer = line.readAll();
                if (READ.contains(path)) assertProblem(400, answer);
                else assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
            }
        }
        assertEquals(
                204, http().get("/channels/bad/events?after=earliest&wait=0").status());
        assertEquals(
                0,
                backend().asked().stream()
                        .skip(asked)
                        .filter(one -> one.text().contains("hello"))
                        .count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: +5",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5, 5",
                "Content-Length: 0x5",
                "Content-Length: 5 5",
                "Content-Length:",
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length:\r\n 5",
                "Transfer-Encoding:\r\n chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nTransfer-Encoding: chunked"
            })
    void aBodyWhoseEndIsNotSaidOnceIsRefusedOnEveryPath(String header) throws IOException {
        for (String path : List.of("/channels/bad/events", "/b/bad", "/work/bad/x", "/dump/", "/nothing"))
            assertProblem(
                    400,
                    raw("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header
                            + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
    }

    @Test
    void bytesAfterAMalformedBodyAreNotParsedAsARequest() throws IOException {
        String answers = raw("POST /channels/bad/events HTTP/1.1\r\n" + CHUNKED
                + "5\r\nhello\r\nZZ\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertProblem(400, answers);
        assertFalse(answers.contains("UP"), answers);
    }

    @Test
    void requestsThatFollowEachOtherAreAllAnswered() throws IOException {
        String get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n",
                post = "POST /counters/piped/value/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";

        String answers = raw(get + "\r\n" + post + "\r\n\r\n" + post + get + "Connection: close\r\n\r\n");

        assertEquals(5, answers.split("HTTP/1.1 200 OK", -1).length, answers);
        assertTrue(answers.indexOf("\r\n1\n") < answers.indexOf("\r\n2\n"), answers);
    }

    @Test
    void anEmptyLineBeforeARequestIsLeftOut() throws IOException {
        assertTrue(raw("\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 200 "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /\tx HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n", "GET / HTTP/1.1\nHost: localhost\n\n",
                        "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nX: a\nContent-Length: 5\r\n\r\nhello",
                        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello",
                        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: localhost\r\nX y: z\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/7\r\n\r\n",
                        "GET /#f HTTP/1.1\r\nHost: localhost\r\n\r\n"
            })
    void aHeadThatIsNotHttpIsRefusedWithAProblem(String request) throws IOException {
        assertProblem(400, raw(request));
    }

    /** A line that goes on belongs to its header, whatever it looks like (RFC 9112, 5.2). */
    @Test
    void tabsAndContinuedLinesAreReadAsSpaces() throws IOException {
        String answer = raw("POST /b/x HTTP/1.1\r\nHost:\tlocalhost\t\r\nX-Tab:\ta\tb \t\r\nX-Folded: a\r\n \tb\r\n"
                + "X-Hidden: c\r\n Content-Length: 5\r\nConnection: close\r\n\r\nhello");

        assertTrue(answer.startsWith("HTTP/1.1 200 ") && !answer.contains("hello"), answer);
        Origin.Asked asked = backend().asked().get(backend().asked().size() - 1);
        assertEquals("a\tb", asked.header("X-Tab"));
        assertTrue(asked.header("X-Folded").matches("a[ \t]+b"), asked.header("X-Folded"));
        assertEquals("c Content-Length: 5", asked.header("X-Hidden"));
    }

    private static void sendByteByByte(Line line, String text) throws IOException {
        for (char each : text.toCharArray()) line.send(String.valueOf(each));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
                "Content-Length: 0\r\n\r\n"
            })
    void headsAndBodiesMayComeByteByByte(String rest) throws IOException {
        String line = "POST /b/x?f={}&p=%41 HTTP/1.1", request = line + "\r\nHost: localhost\r\n" + rest;
        String body = rest.startsWith("Content-Length: 0") ? "" : "hello";
        try (Line client = Line.to(server().port())) {
            for (int i = 0; i < 2; i++) {
                sendByteByByte(client, "\r\n" + request);
                String answer = client.readTo("|" + body);
                assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.contains(line), answer);
            }
        }
    }

    @Test
    void anUpgradeMayComeByteByByteAndItsBytesAreAnotherProtocols() throws IOException {
        try (Line worker = Line.to(server().port());
                Line client = Line.to(server().port())) {
            sendByteByByte(
                    worker,
                    "POST /workers/bytes HTTP/1.1\r\nHost: localhost\r\nUpgrade: PTTH/1.0\r\nConnection: Upgrade\r\n\r\n");
            assertTrue(worker.readTo("\r\n\r\n").startsWith("HTTP/1.1 101 "));
            for (int i = 0; i < 2; i++) {
                client.send("GET /work/bytes/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
                worker.readTo("\r\n\r\n");
                sendByteByByte(worker, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\r\nzz");
                assertTrue(client.readTo("\r\nzz").startsWith("HTTP/1.1 200 "));
            }
        }
    }

    @Test
    void aClientMayWaitForTheInterimResponse() throws IOException {
        String expect = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n";
        for (String rest : List.of(
                "Content-Length: 5\r\n\r\n~hello", "Transfer-Encoding: chunked\r\n\r\n~5\r\nhello\r\n0\r\n\r\n"))
            for (String path : List.of("/b/x", "/channels/expected/events")) {
                String[] parts = rest.split("~", -1);
                try (Line line = Line.to(server().port())) {
                    line.send("POST " + path + expect + parts[0]);
                    assertEquals("HTTP/1.1 100 Continue\r\n", line.readTo("\r\n"));
                    line.readTo("\r\n");
                    String answer = line.send(parts[1]).readAll();
                    assertTrue(answer.matches("(?s)(\r\n)?HTTP/1.1 20[01] .*"), answer);
                }
            }
        assertProblem(413, raw("POST /channels/expected/events" + expect + "Content-Length: 100000000\r\n\r\n"));
        assertProblem(400, raw("POST /channels/expected/events" + expect + "Content-Length: x\r\n\r\n"));
    }

    @Test
    void requestsWithBodiesMayFollowEachOther() throws IOException {
        String post = "POST /b/x HTTP/1.1\r\nHost: localhost\r\n", get = "GET /b/last HTTP/1.1\r\nHost: localhost\r\n";
        List<String> requests = List.of(
                post + "Content-Length: 3\r\n\r\none",
                post + "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n",
                get + "Content-Length: 5\r\n\r\nthree",
                post + "Content-Length: 4\r\nConnection: close\r\n\r\nfour");

        String answers = "";
        for (int answered = 0; answered < requests.size(); answered = count(answers)) {
            // The connection ends after a response that has overtaken the end of its request. The client sends those
            // behind it again.
            String more = raw(String.join("", requests.subList(answered, requests.size())));
            assertTrue(count(more) > 0, more);
            answers += more;
        }

        assertEquals(requests.size(), count(answers), answers);
        int last = 0;
        for (String body : List.of("|one", "|two", "|three", "|four")) {
            assertTrue(answers.indexOf(body) > last, answers);
            last = answers.indexOf(body);
        }
    }

    private static int count(String answers) {
        return answers.split("HTTP/1.1 200 OK", -1).length - 1;
    }

    /** A worker of each kind gives the whole of an answer, or a part of it, as the path says. */
    private String throughWorker(String kind, String request, String answer) throws IOException {
        try (Line line = Line.to(server().port()).send(request.replace("QUEUE", kind))) {
            switch (kind) {
                case "default" -> DialledIn.to(WORKERS).serveOnce(answer);
                case "upgraded" ->
                    DialledIn.upgraded(server().port(), "/workers/upgraded").serveOnce(answer);
                default -> {
                    Response given = http().get("/workers/" + kind + "/next?wait=20");
                    String at = given.header("Location") + "/response?token=" + given.header("Work-Token");
                    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
                    try (Line worker = Line.to(server().port())) {
                        worker.send("POST " + at
                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + body);
                        if (answer.endsWith(LAST_CHUNK)) worker.readAll();
                        else line.readTo("hello");
                    }
                }
            }
            return line.readAll();
        }
    }

    private static final String PART = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            LAST_CHUNK = "0\r\n\r\n";

    @ParameterizedTest
    @ValueSource(strings = {"default", "upgraded", "pull"})
    void aBrokenOffAnswerOfAWorkerNeverLooksWhole(String kind) throws IOException {
        String get = "GET /work/QUEUE/x HTTP/1.1\r\nHost: localhost\r\n";
        for (String closing : List.of("", "Connection: close\r\n")) {
            String cut = throughWorker(kind, get + closing + "\r\n", PART);
            assertFalse(cut.endsWith(LAST_CHUNK), cut);
            if (!kind.equals("pull")) assertTrue(cut.contains("Transfer-Encoding: chunked"), cut);
            String whole = throughWorker(kind, get + "Connection: close\r\n\r\n", PART + LAST_CHUNK);
            assertTrue(whole.contains("Transfer-Encoding: chunked") && whole.endsWith("hello\r\n" + LAST_CHUNK), whole);
        }

        String old = get.replace("1.1", "1.0") + "\r\n";
        String reset = throughWorker(kind, old, PART), ended = throughWorker(kind, old, PART + LAST_CHUNK);

        assertTrue(reset.endsWith("<reset>"), reset);
        assertTrue(ended.endsWith("hello"), ended);
    }

    @Test
    void aBrokenOffAnswerOfABackendNeverLooksWhole() throws IOException {
        String cut = raw("GET /b/trunc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(cut.contains("Transfer-Encoding: chunked") && !cut.endsWith(LAST_CHUNK), cut);
        String whole = raw("GET /b/chunked HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(whole.contains("Transfer-Encoding: chunked") && whole.endsWith("hello\r\n" + LAST_CHUNK), whole);

        String reset = raw("GET /b/trunc HTTP/1.0\r\nHost: localhost\r\n\r\n");
        String ended = raw("GET /b/chunked HTTP/1.0\r\nHost: localhost\r\n\r\n");
        String kept = raw(
                "GET /b/echo HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\nGET /b/echo HTTP/1.0\r\nHost: localhost\r\n\r\n");

        assertTrue(reset.endsWith("<reset>"), reset);
        assertTrue(ended.endsWith("hello"), ended);
        assertEquals(3, kept.split(" 200 OK", -1).length, kept);
        assertTrue(kept.endsWith("|"), kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/b/x?",
                "/b/x??a=1",
                "/b/x?q=??",
                "/b/x?f={\"a\":1}",
                "/b/x?a=1|2&b=^`\\<>",
                "/b/{id}|^/\"x\"",
                "/b/\u00c3\u00a4?q=\u00e2\u0082\u00ac\u0080",
                "/b/%7Bid%7D;v=1?x=%2F+%20",
                "/b//x/?",
                "/b/[1]?[]",
                "/b/x?q=100%",
                "/b/x?%zz&a=%&b=%4&%e4=%c3%a4",
                "/b/%ff"
            })
    void theTargetIsPassedOnAsItWasSent(String target) throws IOException {
        String line = "GET " + target + " HTTP/1.1";

        String answer = raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertEquals(line, backend().asked().get(backend().asked().size() - 1).line());
        for (String kind : List.of("default", "upgraded", "pull"))
            assertEquals(target.substring(2), taken(kind, target.substring(2)));
    }

    /** The target that a worker of that kind gets. */
    private String taken(String kind, String target) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        try (Line line = Line.to(server().port())) {
            line.send("GET /work/" + kind + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            if (!kind.equals("pull")) {
                DialledIn worker = kind.equals("default")
                        ? DialledIn.to(WORKERS)
                        : DialledIn.upgraded(server().port(), "/workers/upgraded");
                Origin.Asked asked = Objects.requireNonNull(worker.serveOnce(answer));
                return asked.line().split(" ", -1)[1];
            }
            String given =
                    raw("GET /workers/pull/next?wait=20 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            String at = value(given, "Location") + "/response?token=" + value(given, "Work-Token");
            assertEquals(
                    204, http().send("POST", at, "Content-Length: 0").response().status());
            return value(given, "Work-Path");
        }
    }

    private static String value(String answer, String header) {
        int from = answer.indexOf("\r\n" + header + ": ") + header.length() + 4;
        return answer.substring(from, answer.indexOf("\r\n", from));
    }

    @ParameterizedTest
    @CsvSource({
        "?x={}, 200",
        "?, 200",
        "?last={1}, 400",
        "??last=1, 400",
        "?last=\u00c3\u00a4, 400",
        "?last=%, 400",
        "?last=%3, 400",
        "?x=%, 200"
    })
    void unusualQueriesOfOurOwnPathsAreReadAsTheyAre(String query, int status) throws IOException {
        String answer =
                raw("GET /counter/value/" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        if (query.contains("\u00c3")) assertTrue(answer.contains("'\u00c3\u00a4'"), answer);
        if (query.contains("last=%")) assertTrue(answer.contains("\"rule\":\"percent-encoded UTF-8\""), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/b/100%",
                "/b/%4",
                "/b/%zz/x?a",
                "/b/%4z;a=%41",
                "/b/x;a=%",
                "/counter/%/value",
                "http://localhost/b/%"
            })
    void aPathWithALonePercentSignIsRefusedByName(String path) throws IOException {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertProblem(400, answer);
        assertTrue(
                answer.contains("\"detail\":\"path must be percent-encoded, with two hexadecimal digits after each %"),
                answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1_000, 1_001, 5_000})
    void aQueryOfManyParametersIsPassedOnAsItWasSent(int parameters) throws IOException {
        for (String target : List.of(
                "/b/x?" + "a=1&".repeat(parameters - 1) + "b=2",
                "/b/x?" + "a&".repeat(parameters),
                "/b/x" + ";a".repeat(parameters) + "?c",
                "/b/x" + ";a".repeat(parameters) + "?" + "a&".repeat(parameters))) {
            String line = "GET " + target + " HTTP/1.1";
            String answer = raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            assertEquals(
                    line, backend().asked().get(backend().asked().size() - 1).line());
        }
    }

    @Test
    void ourOwnPathsTakeAThousandParameters() throws IOException {
        String counter = "GET /counter/value/?", end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assertTrue(raw(counter + "x&".repeat(999) + "x" + end).startsWith("HTTP/1.1 200 "));

        String answer = raw(counter + "x&".repeat(1_000) + "last=1" + end);

        assertProblem(400, answer);
        assertTrue(answer.contains("\"field\":\"query\"") && answer.contains("1000"), answer);
    }

    @Test
    void aHeadThatIsTooLongIsRefusedWithItsLimit() throws IOException {
        String get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        String few = "X: y\r\n".repeat(127), others = "";
        for (int i = 0; i < 71; i++) others += "X-" + i + ": y\r\n";
        String most = raw(get + few + others + "\r\n");
        assertTrue(most.startsWith("HTTP/1.1 200 "), most);

        String lines = raw(get + few + others + "Y: y\r\n\r\n"),
                values = raw(get + few + "x: y\r\n\r\n"),
                bytes = raw(get + "X: yyyyyyyyyyyyyyy\r\n".repeat(100) + "Y: " + "y".repeat(64 * 1024) + "\r\n\r\n"),
                target = raw("GET /" + "x".repeat(64 * 1024) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertProblem(431, values);
        assertTrue(values.contains("\"rule\":\"at most 127 lines of one name\""), values);
        assertProblem(431, lines);
        assertTrue(lines.contains("\"rule\":\"at most 200 lines\""), lines);
        for (String answer : List.of(bytes, target)) {
            assertProblem(431, answer);
            assertTrue(answer.contains("\"rule\":\"at most 65536 bytes\""), answer);
        }
    }

    private static final String MANY = "0123456789abcdef".repeat(64 * 1024);

    /** Its client sends all before it reads. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "431 | GET /health/live HTTP/1.1~Host: localhost~",
                "431 | GET /health/live HTTP/1.1~Host: localhost~X: ",
                "400 | nonsense~",
                "400 | POST /b/bad HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~zz~",
                "400 | POST /dump/ HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~5~hello",
                "400 | POST /b/bad HTTP/1.0~Host: localhost~Content-Length: 5, 6~~",
                "400 | GET /b/% HTTP/1.1~Host: localhost~Content-Length: 100000000~~",
                "413 | GET /health/live HTTP/1.1~Host: localhost~Content-Length: 100000000~~",
                "405 | POST /health/live HTTP/1.1~Host: localhost~Connection: close~Content-Length: 100000000~~",
                "501 | CONNECT localhost:80 HTTP/1.1~Host: localhost:80~~"
            })
    void anAnswerIsNotLostByWhatItsClientStillSends(int status, String begin) throws IOException {
        boolean line = begin.contains("X:");
        String request = begin.replace("~", "\r\n") + (line || status != 431 ? "" : "X: y\r\n".repeat(40_000));
        try (Line client = Line.to(server().port())) {
            client.send(request + " ");
            for (int i = 0; i < 8; i++) client.send(MANY);

            assertProblem(status, client.readAll());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer: x\r\n",
                "Content-Length: 5\r\n\r\n",
                "Content-Length: 5\r\n\r\nhell",
                "Content-Length: 5\r\n",
                "Content-Le"
            })
    void aRequestThatIsCutIsRefused(String request) throws IOException {
        int asked = backend().asked().size();
        for (String path : READ)
            try (Line line = Line.to(server().port())) {
                line.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + request)
                        .endSending();
                assertProblem(400, line.readAll());
            }
        assertEquals(
                204, http().get("/channels/bad/events?after=earliest&wait=0").status());
        assertEquals(
                0,
                backend().asked().stream()
                        .skip(asked)
                        .filter(one -> one.text().contains("hello"))
                        .count());
    }

    @Test
    void aClientThatHasSentAllMayCloseItsSide() throws IOException {
        String post = "POST /b/x HTTP/1.1\r\nHost: localhost\r\n";
        for (String request : List.of(
                "GET /b/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                post + "Content-Length: 2\r\n\r\nhi",
                post + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"))
            try (Line line = Line.to(server().port()).send(request).endSending()) {
                String answer = line.readAll();
                assertTrue(answer.startsWith("HTTP/1.1 200 ") && !answer.endsWith("<reset>"), answer);
            }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html; charset=utf-8",
                "text/html;charset=UTF-8",
                "text/html; charset=\"utf-8\"",
                "text/plain; format=flowed; charset=utf-8",
                "text/plain; charset=utf-8; format=flowed",
                "text/html; charset=",
                "text/html; charset=nonsense",
                "multipart/mixed; boundary=\"a b\"",
                "x"
            })
    void theMediaTypeIsPassedOnAsItWasSent(String type) throws IOException {
        String headers = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nMax-Forwards: 7\r\nContent-Type: " + type
                + "\r\nX-Type: " + type + "\r\n\r\n";

        String answer = raw("GET /b/type" + headers);

        assertTrue(answer.contains("\r\nContent-Type: " + type + "\r\n"), answer);
        Origin.Asked asked = backend().asked().get(backend().asked().size() - 1);
        assertEquals(type, asked.header("Content-Type"));
        assertEquals("7", asked.header("Max-Forwards"));
        assertTrue(raw("HEAD /b/type" + headers).contains("\r\nContent-Type: " + type + "\r\n"));
    }

    @Test
    void valuesOfHeadersArePassedOnWithTheirBlanks() throws IOException {
        String longest = "x".repeat(300) + "  y " + "z".repeat(5_000) + "   z";
        String headers = "X-A: one\r\nx-a: a  b \t c \t\r\nX-A: a  b\r\nX-B: \t  plain  \r\nX-Tab: a\tb\r\n"
                + "X-Folded: a  b\r\n \t c\r\nX-More: a\r\n  b  c\r\n \r\nCookie: a=\"x;  y\"\r\nX-Long: " + longest
                + "\r\n";
        for (int i = 0; i < 2; i++) {
            raw("GET /b/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n");

            Origin.Asked asked = backend().asked().get(backend().asked().size() - 1);
            assertEquals(
                    List.of("X-A: one", "X-A: a  b \t c", "X-A: a  b"),
                    asked.headers().stream()
                            .filter(header -> header.regionMatches(true, 0, "X-A:", 0, 4))
                            .map(header -> "X-A" + header.substring(3))
                            .toList());
            assertEquals("plain", asked.header("X-B"));
            assertEquals("a\tb", asked.header("X-Tab"));
            assertEquals("a  b c", asked.header("X-Folded"));
            assertEquals("a b  c", asked.header("X-More"));
            assertEquals("a=\"x;  y\"", asked.header("Cookie"));
            assertEquals(longest, asked.header("X-Long"));
        }
    }

    @Test
    void blanksCountInTheLongestHead() throws IOException {
        for (String end : List.of("b", "b".repeat(300)))
            assertProblem(
                    431,
                    raw("GET /b/x HTTP/1.1\r\nHost: localhost\r\nX: a" + " ".repeat(17 * 1024) + end + "\r\n\r\n"));
    }

    @Test
    void aRequestDoesNotGetTheBlanksOfTheOneBefore() throws IOException {
        String get = "GET /b/x HTTP/1.1\r\nHost: localhost\r\nX: a";
        int before = backend().asked().size();
        raw(get + "  b\r\n\r\n" + get + " b\r\nConnection: close\r\n\r\n");

        List<Origin.Asked> asked = backend().asked();
        assertEquals("a  b", asked.get(before).header("X"));
        assertEquals("a b", asked.get(before + 1).header("X"));
    }

    @Test
    void workersAndReadersGetTheBlanksOfAMediaType() throws IOException {
        String type = "multipart/form-data; boundary=\"a  b\";  x=y";
        String post = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\nContent-Type: " + type
                + "\r\n\r\nhi";
        for (String kind : List.of("default", "upgraded"))
            try (Line line = Line.to(server().port()).send("POST /work/" + kind + "/x" + post)) {
                DialledIn worker = kind.equals("default")
                        ? DialledIn.to(WORKERS)
                        : DialledIn.upgraded(server().port(), "/workers/upgraded");
                Origin.Asked asked =
                        Objects.requireNonNull(worker.serveOnce("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                assertEquals(type, asked.header("Content-Type"));
                line.readAll();
            }

        String published = raw("POST /channels/blanks/events" + post);
        assertTrue(published.startsWith("HTTP/1.1 201 "), published);
        Response event = http().get(value(published, "Location"));
        assertEquals(type, event.header("Content-Type"));
        assertTrue(http().get("/channels/blanks/events?after=earliest&wait=0")
                .body()
                .contains("a  b"));
    }

    @Test
    void aTargetMayNameItsHost() throws IOException {
        raw("GET http://localhost/b/x?f={}% HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertEquals(
                "GET /b/x?f={}% HTTP/1.1",
                backend().asked().get(backend().asked().size() - 1).line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%6Detrics",
                "/channels/a;v=1/events",
                "/channels;x/a/events",
                "/%63hannels/a/events",
                "/metrics;x=y",
                "/%77ork/q/x"
            })
    void ourPathsAreSpelledInOneWay(String path) throws IOException {
        assertProblem(400, raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    private String head(String path, String... headers) throws IOException {
        String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return raw("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n"
                                + "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .split("\r\n\r\n", 2)[0]
                + "\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "/b/head, 200",
        "/b/chunked, 200",
        "/b/none, 204",
        "/b/same, 304",
        "/channels/nobody/events?wait=0, 204",
        "/workers/nobody/next?wait=0, 204",
        "/updates/, 204"
    })
    void noLengthIsInvented(String path, int status) throws IOException {
        for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
            for (String method : List.of("HEAD", "GET")) {
                if (method.equals("GET") && (status == 200 || path.equals("/updates/"))) continue;
                String answer =
                        raw(method + " " + path + " " + version + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                assertTrue(answer.contains(" " + status + " "), answer);
                assertFalse(answer.contains("Content-Length"), answer);
                assertFalse(status != 200 && answer.contains("Transfer-Encoding"), answer);
            }
        }
        String kept = head(path);
        assertFalse(kept.contains("Content-Length"), kept);
        assertEquals(status == 200, kept.contains("Transfer-Encoding: chunked"), kept);
    }

    @Test
    void aHeadHasTheLengthOfItsGet() throws IOException {
        assertTrue(head("/b/long").contains("Content-Length: 12345678901\r\n"));
        assertTrue(head("/health/live")
                .contains("Content-Length: " + http().get("/health/live").header("Content-Length") + "\r\n"));
        assertTrue(head("/nothing").contains("Content-Length: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "upgraded", "pull"})
    void aWorkerAnswersAHeadWithTheLengthOrWithout(String kind) throws IOException {
        String head = "HEAD /work/" + kind + "/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        String told = answered(kind, head, "Content-Length: 12345678901"), untold = answered(kind, head, "X: y");

        assertTrue(told.contains("\r\nContent-Length: 12345678901\r\n"), told);
        assertTrue(untold.startsWith("HTTP/1.1 200 ") && !untold.contains("Content-Length"), untold);
    }

    /** A worker of that kind answers with that header, and without a body. */
    private String answered(String kind, String request, String header) throws IOException {
        if (!kind.equals("pull")) return throughWorker(kind, request, "HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n");
        try (Line line = Line.to(server().port()).send(request)) {
            Response given = http().get("/workers/pull/next?wait=20");
            String at = given.header("Location") + "/response?token=" + given.header("Work-Token");
            assertEquals(
                    204,
                    http().send("POST", at, "Content-Length: 0", "Work-Header: " + header)
                            .response()
                            .status());
            return line.readAll();
        }
    }

    @Test
    void theLengthOfAResponseThatHasABodyIsTheOneOfItsBody() throws IOException {
        String get = "GET /work/pull/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

        String answer = answered("pull", get, "Content-Length: 7");

        assertTrue(answer.contains("\r\nContent-Length: 0\r\n") && answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void noTunnelsAreOpened() throws IOException {
        assertProblem(501, raw("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n"));
    }
}
