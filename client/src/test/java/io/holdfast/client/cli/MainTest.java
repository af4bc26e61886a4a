// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.event;
import static io.holdfast.client.testing.ScriptedServer.nothing;
import static io.holdfast.client.testing.ScriptedServer.page;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.stream;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.testing.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final String RECEIPT = "{\"id\":\"42-a\",\"receipt\":{\"committed\":true,\"backups\":1,"
            + "\"released\":{\"3f2a91c0\":17,\"b81d22fe\":20},\"unknown\":[]}}";

    private final ScriptedServer server = new ScriptedServer();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Map<String, String> environment = Map.of();
    private String in = "";

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private int run(String... arguments) {
        return run(out, arguments);
    }

    private int run(OutputStream output, String... arguments) {
        Console console = new Console(
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(output, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment);
        return Main.run(console, arguments);
    }

    private String connect() {
        return "--connect=" + server.uri();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void helpAndVersionExitWithZero() {
        assertEquals(0, run("--help"));
        assertTrue(out().contains("follow") && out().contains("publish") && out().contains("Exit codes"), out());
        assertEquals(0, run("follow", "--help"));
        assertTrue(out().contains("--after=ID|earliest"), out());
        assertEquals(0, run("publish", "--help"));
        assertTrue(out().contains("DATA|@FILE|-"), out());
        assertEquals(0, run("worker", "--help"));
        assertTrue(out().contains("--forward=URL") && out().contains("default 30s"), out());
        assertEquals(0, run("camera", "--help"));
        assertTrue(out().contains("--every=TIME") && out().contains("default 10s"), out());
        assertEquals(0, run("logs", "--help"));
        assertTrue(out().contains("--cached") && out().contains("default 30"), out());
        assertEquals(0, run("--version"));
        assertTrue(out().contains("Holdfast client"), out());
        assertEquals("", err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "folow",
                "follow",
                "follow --nonsense a",
                "follow --limit 0 a",
                "follow --limit x a",
                "follow a/b",
                "follow --give-up 0 a",
                "follow --connect ftp://host a",
                "follow --connect http://me:pw@host a",
                "follow --user nobody a",
                "publish",
                "publish --give-up 0 a b",
                "publish --key é a b",
                "publish --batch --type x a []",
                "publish a @/does/not/exist",
                "publish a b c",
                "worker",
                "worker --forward ftp://localhost",
                "worker --forward tcp://localhost:1",
                "worker --forward http://localhost --queue a/b",
                "worker --forward http://localhost --concurrency 0",
                "worker --forward http://localhost --max-cpu 0",
                "worker --forward http://localhost --mode never",
                "worker --forward http://localhost --mode tcp",
                "worker --forward http://localhost --mode upgrade --connect tcp://localhost:1",
                "worker --forward http://localhost --queue a --connect tcp://localhost:1",
                "follow --connect tcp://localhost:1 a",
                "camera --id a/b",
                "camera --every 0s",
                "camera --every 10",
                "camera --every 1d",
                "camera --every -1s",
                "camera door",
                "logs --id .. ",
                "logs --wait 0",
                "logs --wait x",
                "logs --user nobody",
                "logs door"
            })
    void wrongUsageExitsWithTwoAndAReason(String line) {
        assertEquals(2, run(line.isEmpty() ? new String[0] : line.split(" ")));

        assertEquals("", out());
        assertFalse(err().isBlank());
        assertFalse(err().contains("Exception"), err());
        assertFalse(err().contains("pw"), err());
    }

    @Test
    void eventsArePrintedOneALine() {
        server.then(page(
                "2-a", event("1-a", "any bytes"), event("2-a", "two\\nlines\\n").replace("contentType", "type")));

        int code = run("follow", connect(), "--after", "0-a", "--limit", "2", "orders");

        assertEquals(0, code);
        assertEquals(
                "2026-11-21T10:15:30.123Z orders 1-a -  any bytes\n"
                        + "2026-11-21T10:15:30.123Z orders 2-a text/plain  two\n    lines\n",
                out());
        assertEquals("Go on with --after 2-a\n", err());
        assertEquals(List.of("GET /channels/orders/events?after=0-a&limit=2&wait=30"), server.lines());
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        server.then(page("1-a", event("1-a", "\\u001b[2Jx\\u009b\\ty\\u0007\\u0000")));

        run("follow", connect(), "--after", "0-a", "--limit", "1", "orders");

        assertTrue(out().endsWith("  \\u001b[2Jx\\u009b\ty\\u0007\\u0000\n"), out());
    }

    @Test
    void eachEventAndGapIsALineOfJson() {
        server.then(answer(
                200,
                "Content-Type: application/json",
                "{\"events\":[" + event("7-a", "a\\nb")
                        + ",{\"id\":\"8-a\",\"was\":\"3-b\",\"data\":\"AP8=\",\"encoding\":\"base64\"}],\"last\":\"8-a\","
                        + "\"gap\":{\"after\":\"1-a\",\"oldest\":\"7-a\"}}"));

        run("follow", connect(), "--after", "1-a", "--limit", "2", "--json", "orders");

        assertEquals("""
                {"gap":{"after":"1-a","oldest":"7-a"}}
                {"id":"7-a","channel":"orders","time":"2026-11-21T10:15:30.123Z","contentType":"text/plain","data":"a\\nb"}
                {"id":"8-a","was":"3-b","data":"AP8=","encoding":"base64"}
                """, out());
    }

    @Test
    void aStreamIsPrintedAsItComes() {
        server.then(
                nothing("0-a"),
                stream("event: gap\ndata: {\"after\":\"0-a\",\"oldest\":null}\n\n", "id: 1-a\nevent: t\ndata: é\n\n"));

        int code = run("follow", connect(), "--sse", "--limit", "1", "orders");

        assertEquals(0, code);
        assertEquals("- orders 1-a t  é\n", out());
        assertEquals("Events after 0-a may be missing: nothing is kept.\nGo on with --after 1-a\n", err());
    }

    @Test
    void bytesThatAreNotTextAreCounted() {
        server.then(page("1-a", "{\"id\":\"1-a\",\"data\":\"AP8=\",\"encoding\":\"base64\"}"));

        run("follow", connect(), "--after", "0-a", "--limit", "1", "a,b");

        assertEquals("- - 1-a -  (2 bytes that are no text: --json shows them)\n", out());
        assertEquals(
                "GET /channels/a,b/events?after=0-a&limit=1&wait=30",
                server.lines().get(0));
    }

    @Test
    void aRefusalExitsWithTwoAndTheServersSentence() {
        server.then(problem(403, "Only callers in the role reader may read."));

        assertEquals(2, run("follow", connect(), "--after", "0-a", "orders"));

        assertEquals("Refused: HTTP 403: Only callers in the role reader may read.\n", err());
    }

    @Test
    void aRefusalAfterSomeEventsPrintsTheCursorToo() {
        server.then(page("1-a", event("1-a", "x")), problem(403, "No more."));

        assertEquals(2, run("follow", connect(), "--after", "0-a", "orders"));

        assertEquals("Refused: HTTP 403: No more.\nGo on with --after 1-a\n", err());
    }

    @Test
    void givingUpExitsWithOne() throws IOException {
        String nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = "http://127.0.0.1:" + socket.getLocalPort();
        }

        assertEquals(1, run("follow", "--connect", nobody, "--give-up", "1", "orders"));
        assertEquals(1, run("publish", "--connect", nobody, "--give-up", "1", "orders", "x"));

        assertTrue(err().contains("Gave up: " + nobody + ": There is no connection."), err());
        assertEquals("", out());
    }

    @Test
    void aClosedOutputEndsTheCommandAndTakesNoEvent() {
        server.then(page("2-a", event("1-a", "x"), event("2-a", "y")));

        assertEquals(0, run(closed(), "follow", connect(), "--after", "0-a", "orders"));

        assertEquals("Go on with --after 0-a\n", err());
    }

    @Test
    void anEventIsPublishedAndItsIdPrinted() {
        server.then(answer(201, "Content-Type: application/json", RECEIPT));

        int code = run(
                "publish",
                connect(),
                "--type",
                "created",
                "--content-type",
                "application/json",
                "--key",
                "k1",
                "orders",
                "{}");

        assertEquals(0, code);
        assertEquals("42-a\n", out());
        assertEquals("Committed, backups: 1; held requests released: 37.\n", err());
        ScriptedServer.Request request = server.requests.get(0);
        assertEquals("/channels/orders/events?type=created", request.target());
        assertEquals("application/json", request.header("Content-Type"));
        assertEquals("\"k1\"", request.header("Idempotency-Key"));
        assertEquals("{}", request.body());
        assertNull(request.header("Authorization"));
    }

    @Test
    void dataComesFromAFileOrStandardInput(@TempDir Path folder) throws IOException {
        server.always(answer(201, "Content-Type: application/json", RECEIPT));
        Path file = Files.writeString(folder.resolve("data"), "from a file");
        in = "from é";

        assertEquals(0, run("publish", connect(), "orders", "@" + file));
        assertEquals(0, run("publish", connect(), "orders", "-"));
        assertEquals(0, run("publish", connect(), "orders"));

        assertEquals(
                List.of("from a file", "from é", "from é"),
                server.requests.stream().map(ScriptedServer.Request::body).toList());
    }

    @Test
    void aBatchPrintsItsIds() {
        server.then(answer(
                201,
                "",
                "{\"ids\":[\"1-a\",\"2-a\"],\"receipt\":{\"committed\":true,\"backups\":0,\"unknown\":[\"c0ffee\"]}}"));
        in = "[{\"data\":\"x\"},{\"data\":\"y\"}]";

        assertEquals(0, run("publish", connect(), "--batch", "--no-receipt", "orders"));

        assertEquals("1-a\n2-a\n", out());
        assertEquals("Committed, backups: 0; members that did not say: c0ffee.\n", err());
        assertEquals(
                "/channels/orders/events?receipt=none&batch=true",
                server.requests.get(0).target());
        assertEquals(in, server.requests.get(0).body());
    }

    @Test
    void aRefusedPublicationExitsWithTwo() {
        server.then(problem(422, "The key was used with another body."));

        assertEquals(2, run("publish", connect(), "--key", "k", "orders", "x"));

        assertEquals("Refused: HTTP 422: The key was used with another body.\n", err());
    }

    private static OutputStream closed() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
    }

    @Test
    void aCameraPrintsItsEventsAndItsDumps() {
        server.at("/cameras/door/updates/", answer(200, "", "\"updated\""), (request, out) -> {
            await().until(() -> out().contains("Sent"));
            return problem(403, "No more.").write(request, out);
        });
        server.at("/cameras/door/dump/", answer(200, "", "null"));

        assertEquals(2, run("camera", connect(), "--id", "door", "--every", "1h"));

        List<String> lines = out().lines().toList();
        assertTrue(lines.get(0).matches("[A-Z][A-Za-z ]+\\. 20[0-9:.TZ-]+Z"), lines.get(0));
        assertEquals(List.of("Sent the logs, 1 line."), lines.subList(1, lines.size()));
        assertEquals("Refused: HTTP 403: No more.\n", err());
        assertTrue(server.requests.stream().anyMatch(r -> r.body().startsWith("\"{\\\"logs\\\":[")), out());
    }

    @Test
    void aCameraSendsPlainLogsAndControlCharactersDoNotReachTheTerminal() {
        server.at(
                "/updates/",
                answer(200, "", "{\"updated\":true,\"commands\":[{\"id\":\"c1\",\"command\":\"\u009b2J\"}]}"),
                (request, out) -> {
                    await().until(() -> out().contains("Command") && out().contains("Sent"));
                    return problem(403, "No more.").write(request, out);
                });
        server.at("/dump/", answer(200, "", "null"));
        server.at("/cameras/default/commands/c1", answer(204, "", ""));

        assertEquals(2, run("camera", connect(), "--plain", "--every", "60m"));

        assertTrue(out().contains("Command \"\\u009b2J\". "), out());
        assertTrue(server.requests.stream().anyMatch(r -> r.body().startsWith("{\"logs\":[")), out());
    }

    @Test
    void aCameraEndsWhenItsOutputIsClosed() {
        assertEquals(0, run(closed(), "camera", connect(), "--every", "500ms"));

        assertEquals("", err());
    }

    @Test
    void logsArePrintedOneALine() {
        server.then(answer(200, "", "{\"logs\":[\"one\",\"two\\nlines\",\"\\u001b[2J\"]}"));

        assertEquals(0, run("logs", connect(), "--id", "door", "--user", "USER:PASS", "--wait", "5"));

        assertEquals("one\ntwo\n    lines\n\\u001b[2J\n", out());
        assertEquals("", err());
        assertEquals(List.of("GET /cameras/door/logs/?wait=5"), server.lines());
        assertEquals("Basic VVNFUjpQQVNT", server.requests.get(0).header("Authorization"));
    }

    @Test
    void logsOfAnotherShapeArePrintedUnchanged() {
        String body = "{\n  \"logs\": 1\n}\n";
        server.always(answer(200, "", body));

        assertEquals(0, run("logs", connect()));
        assertEquals(0, run("logs", connect(), "--json"));

        assertEquals(body + body, out());
    }

    @Test
    void keptLogsHaveAnAge() {
        server.always(answer(200, "Age: 12", "{\"logs\": [\"one\"]}"));

        assertEquals(0, run("logs", connect(), "--cached"));
        assertEquals(0, run("logs", connect(), "--cached", "--json"));

        assertEquals("one\n{\"logs\": [\"one\"]}\n", out());
        assertEquals("The dump is 12 s old.\n".repeat(2), err());
        assertEquals("GET /logs/?cached=true", server.lines().get(0));
    }

    private static ScriptedServer.Reply afterASecond(ScriptedServer.Reply reply) {
        return (request, out) -> {
            LockSupport.parkNanos(Duration.ofMillis(1_100).toNanos());
            return reply.write(request, out);
        };
    }

    @Test
    void logsThatAreNotAvailableExitWithAReason() {
        server.then(
                afterASecond(problem(504, "No logs came within 1 s.")),
                problem(401, "Who are you?"),
                problem(404, "No dump is kept."));

        assertEquals(1, run("logs", connect(), "--wait", "1"));
        assertEquals(2, run("logs", connect()));
        assertEquals(2, run("logs", connect(), "--cached"));

        assertEquals("""
                Gave up: HTTP 504: No logs came within 1 s.
                Refused: The name or password is wrong or missing (HTTP 401: Who are you?).
                Refused: HTTP 404: No dump is kept.
                """, err());
        assertEquals("", out());
    }

    @Test
    void theUserComesFromTheOptionOrTheVariable() {
        server.always(answer(201, "", RECEIPT));
        environment = Map.of("HOLDFAST_USER", "me:se:cret");

        run("publish", connect(), "orders", "x");
        run("publish", connect(), "--user", "you:", "orders", "x");

        assertEquals("Basic bWU6c2U6Y3JldA==", server.requests.get(0).header("Authorization"));
        assertEquals("Basic eW91Og==", server.requests.get(1).header("Authorization"));
    }
}
