// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import static io.holdfast.client.ScriptedServer.answer;
import static io.holdfast.client.ScriptedServer.event;
import static io.holdfast.client.ScriptedServer.nothing;
import static io.holdfast.client.ScriptedServer.page;
import static io.holdfast.client.ScriptedServer.problem;
import static io.holdfast.client.ScriptedServer.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    void helpAndVersionAreNoFailures() {
        assertEquals(0, run("--help"));
        assertTrue(out().contains("follow") && out().contains("publish") && out().contains("Exit codes"), out());
        assertEquals(0, run("follow", "--help"));
        assertTrue(out().contains("--after=ID|earliest"), out());
        assertEquals(0, run("publish", "--help"));
        assertTrue(out().contains("DATA|@FILE|-"), out());
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
                "publish a b c"
            })
    void wrongUsageIsTwoAndSaysWhy(String line) {
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
    void asJsonEachEventAndGapIsALine() {
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
    void bytesThatAreNoTextAreCounted() {
        server.then(page("1-a", "{\"id\":\"1-a\",\"data\":\"AP8=\",\"encoding\":\"base64\"}"));

        run("follow", connect(), "--after", "0-a", "--limit", "1", "a,b");

        assertEquals("- - 1-a -  (2 bytes that are no text: --json shows them)\n", out());
        assertEquals(
                "GET /channels/a,b/events?after=0-a&limit=1&wait=30",
                server.lines().get(0));
    }

    @Test
    void aRefusalIsTwoWithTheServersSentence() {
        server.then(problem(403, "Only callers in the role reader may read."));

        assertEquals(2, run("follow", connect(), "--after", "0-a", "orders"));

        assertEquals("Refused: HTTP 403: Only callers in the role reader may read.\n", err());
    }

    @Test
    void aRefusalAfterSomeEventsTellsTheCursorToo() {
        server.then(page("1-a", event("1-a", "x")), problem(403, "No more."));

        assertEquals(2, run("follow", connect(), "--after", "0-a", "orders"));

        assertEquals("Refused: HTTP 403: No more.\nGo on with --after 1-a\n", err());
    }

    @Test
    void givingUpIsOne() throws IOException {
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
    void nobodyReadingAnyMoreIsAnEndThatTakesNothing() {
        server.then(page("2-a", event("1-a", "x"), event("2-a", "y")));
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        assertEquals(0, run(closed, "follow", connect(), "--after", "0-a", "orders"));

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
    void aPublicationThatIsRefusedIsTwo() {
        server.then(problem(422, "The key was used with another body."));

        assertEquals(2, run("publish", connect(), "--key", "k", "orders", "x"));

        assertEquals("Refused: HTTP 422: The key was used with another body.\n", err());
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
