// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises to clients and to workers that ask, whichever member each request is sent to. No time runs out here. */
abstract class PullContract extends PullFixture {
    static final Map<String, String> SETTINGS = Map.of("work.ack", "50s", "work.lease", "70s", "work.stall", "60s");

    PullContract(int members) {
        super(members, SETTINGS);
    }

    /** A client that waits, before the next one asks. */
    private Http.Exchange waiting(String path) {
        double before = member(0).meter("holdfast_work_requests");
        Http.Exchange exchange = ask("GET", path);
        await("it waits").until(() -> member(0).meter("holdfast_work_requests") == before + 1);
        return exchange;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 100_000})
    void aHeadThatIsTooLongForTheHeadersOfAnAnswerBeginsItsBody(int length) {
        String cookie = "c".repeat(3_000);
        byte[] body = "b".repeat(length).getBytes(UTF_8);
        Http.Exchange client = client().send(
                        "POST",
                        "/work/" + queue + "/long?x=1",
                        body,
                        "Cookie: " + cookie,
                        "Content-Type: text/strange");
        Lease lease = next();
        int head = Integer.parseInt(lease.given.header("Work-Head"));
        String all = lease.given.body();
        assertTrue(all.startsWith("POST /long?x=1 HTTP/1.1\r\n"), all);
        assertTrue(all.substring(0, head).contains("\r\nCookie: " + cookie + "\r\n"), all);
        assertTrue(all.substring(0, head).contains("\r\nContent-Type: text/strange\r\n"), all);
        assertEquals("\r\n\r\n", all.substring(head - 4, head));
        assertEquals("b".repeat(length), all.substring(head));
        assertEquals("", lease.given.header("Work-Path"));
        lease.answers("done");
        assertEquals("done", client.response().body());
    }

    @Test
    void theResponseOfAJobIsStoredWhenItsWorkerGets204() {
        for (int i = 0; i < 20; i++) {
            Response accepted = ask("POST", "/", "Content-Length: 0", "Prefer: respond-async")
                    .response();
            assertEquals(202, accepted.status(), accepted.body());
            Lease lease = next();
            lease.does("ack");
            lease.answers("done " + i);
            Response job = worker().http().get(path(accepted));
            assertTrue(job.body().contains("\"state\":\"succeeded\""), job.body());
        }
    }

    /** Where a job is, without the context path of the member that has said so. */
    private String path(Response accepted) {
        return accepted.header("Location").substring(member(0).context().length());
    }

    private static void bad(Response response, String field) {
        assertEquals(400, response.status(), response.body());
        assertTrue(response.body().contains("\"field\":\"" + field + "\""), response.body());
    }

    @Test
    void aRequestIsHandedOverWholeAndItsResponseComesBackWhole() {
        Http.Exchange client = client().send(
                        "PATCH",
                        "/work/" + queue + "/a%20b/c?x=1&y=%2F",
                        "some body".getBytes(UTF_8),
                        "X-Mine: 1",
                        "Content-Type: text/strange");
        Member at = worker();
        Lease lease = given(at.http().get("/workers/" + queue + "/next?wait=20"));
        List<String> headers = lease.given.headers().getOrDefault("work-header", List.of());

        assertEquals("PATCH", lease.given.header("Work-Method"));
        assertEquals("/a%20b/c?x=1&y=%2F", lease.path());
        assertEquals("some body", lease.given.body());
        assertEquals("text/strange", lease.given.header("Content-Type"));
        assertEquals(at.context() + "/workers/" + queue + "/" + lease.id(), lease.given.header("Location"));
        assertEquals("50", lease.given.header("Work-Ack"));
        assertEquals("70", lease.given.header("Work-Lease"));
        assertEquals("no-store", lease.given.header("Cache-Control"));
        assertTrue(headers.contains("X-Mine: 1"), headers.toString());
        assertTrue(headers.contains("Content-Type: text/strange"), headers.toString());
        assertTrue(headers.contains("X-Forwarded-For: 127.0.0.1"), headers.toString());
        lease.does("ack");
        lease.does("extend");
        Response told = lease.say(
                "response",
                "some answer".getBytes(UTF_8),
                "Work-Status: 207",
                "Work-Header: X-Theirs:2",
                "Work-Header: Set-Cookie: a=1; path=/",
                "Work-Header: Set-Cookie: b=2",
                "Content-Type: text/other",
                "Content-Encoding: br");
        assertEquals(204, told.status(), told.body());
        Response response = client.response();

        assertEquals(207, response.status());
        assertEquals("2", response.header("X-Theirs"));
        assertEquals("a=1; path=/, b=2", response.header("Set-Cookie"));
        assertEquals("text/other", response.header("Content-Type"));
        assertEquals("br", response.header("Content-Encoding"));
        assertEquals("some answer", response.body());
        lease.isOver();
    }

    @Test
    void aWorkerWaitsForARequestAndARequestForAWorker() {
        Member at = worker();
        Http.Exchange early = asksForWork(at);
        Http.Exchange client = ask("GET", "/late");
        Lease lease = given(early.response());
        assertEquals("/late", lease.path());
        assertEquals("", lease.given.body());
        lease.does("ack");
        lease.answers("done");
        assertEquals("done", client.response().body());

        Http.Exchange waiting = waiting("/early");
        Lease second = given(worker().http().get("/workers/" + queue + "/next?wait=0"));
        assertEquals("/early", second.path());
        second.answers("at once");
        assertEquals("at once", waiting.response().body());
    }

    @Test
    void aWorkerGets204IfNoRequestWaits() {
        for (String wait : List.of("0", "1")) {
            Response none = worker().http().get("/workers/" + queue + "/next?wait=" + wait);
            assertEquals(204, none.status());
            assertEquals("", none.header("Work-Id"));
        }
        bad(worker().http().get("/workers/" + queue + "/next?wait=-1"), "wait");
        bad(worker().http().get("/workers/" + "n".repeat(129) + "/next"), "queue");
    }

    @Test
    void lookingTakesNoRequest() {
        Http.Exchange client = waiting("/");
        assertEquals(
                204,
                worker().http()
                        .send("HEAD", "/workers/" + queue + "/next?wait=5")
                        .response()
                        .status());
        assertEquals(
                405,
                worker().http()
                        .send("DELETE", "/workers/" + queue + "/next")
                        .response()
                        .status());

        next().answers("done");
        assertEquals(200, client.response().status());
    }

    @Test
    void aReleasedRequestKeepsItsPlaceInTheQueue() {
        List<Http.Exchange> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) clients.add(waiting("/" + i));
        Lease first = next();
        assertEquals("/0", first.path());
        first.does("ack");
        first.does("release");
        first.isOver();
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Lease lease = next();
            served.add(lease.path());
            lease.does("ack");
            lease.answers("done");
        }

        assertEquals(List.of("/0", "/1", "/2"), served);
        clients.forEach(client -> assertEquals(200, client.response().status()));
    }

    @Test
    void aReleasedPostGoesToTheNextWorker() {
        Http.Exchange client = client().send("POST", "/work/" + queue + "/", "x".getBytes(UTF_8));
        for (int i = 0; i < 5; i++) {
            Lease lease = next();
            lease.does("ack");
            lease.does("release");
        }
        next().answers("sixth");

        assertEquals("sixth", client.response().body());
    }

    /** A worker that gives back what it has not acknowledged has not begun it. One that has acknowledged it may have. */
    @Test
    void onlyWhatNoWorkerHasAcknowledgedIsSaidToBeUndone() {
        List<Http.Exchange> workers = List.of(asksForWork(worker()), asksForWork(worker()));
        Map<String, Http.Exchange> clients = new HashMap<>();
        for (String path : List.of("/begun", "/offered"))
            clients.put(path, client().send("POST", "/work/" + queue + path, new byte[] {1}, "Prefer: wait=4"));
        List<Lease> leases =
                workers.stream().map(worker -> given(worker.response())).toList();
        for (Lease lease : leases) {
            if (lease.path().equals("/begun")) lease.does("ack");
            lease.does("release");
        }

        late(clients.get("/begun"), "unknown");
        late(clients.get("/offered"), "none");
    }

    @Test
    void onlyTheRightTokenOfTheRightLeaseCounts() {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        lease.does("ack");
        for (String what : POSTS) {
            over(lease.say(what, lease.number() - 1 + "-" + lease.secret(), new byte[0]));
            over(lease.say(what, lease.number() + 1 + "-" + lease.secret(), new byte[0]));
            over(lease.say(what, lease.number() + "-" + "0".repeat(32), new byte[0]));
            over(lease.say(what, Long.toString(lease.number()), new byte[0]));
            bad(lease.say(what, lease.number() + "-", new byte[0]), "token");
            bad(lease.say(what, lease.token() + "0", new byte[0]), "token");
            bad(lease.say(what, "x", new byte[0]), "token");
            bad(lease.say(what, "", new byte[0]), "token");
            bad(lease.say(what, "1.0", new byte[0]), "token");
            for (String other : List.of(queue + "/x", queue + "/0-1", queue + "/-", "other/" + lease.id()))
                over(worker().http().post("/workers/" + other + "/" + what + "?token=" + lease.token()));
        }
        bad(worker().http().post("/workers/" + queue + "/" + lease.id() + "/ack"), "token");
        assertEquals(404, lease.say("nothing", new byte[0]).status());

        assertTrue(lease.token().matches("[0-9]+-[0-9a-f]{32}"), "128 bits beside the number: " + lease.token());
        lease.answers("mine");
        assertEquals("mine", client.response().body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"percent\":}", "nonsense", "{}x"})
    void progressIsJson(String state) {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        bad(lease.say("progress", state.getBytes(UTF_8)), "body");
        lease.answers("done");
        assertEquals("done", client.response().body());
    }

    @Test
    void progressMayBeNestedDeeply() {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        for (int levels : new int[] {512, 513, 1_000, 30_000}) {
            String state = "[".repeat(levels) + "]".repeat(levels);
            assertEquals(204, lease.say("progress", state.getBytes(UTF_8)).status(), "levels " + levels);
        }
        lease.answers("done");
        assertEquals("done", client.response().body());
    }

    @Test
    void progressHasItsLimit() {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        byte[] most = ("\"" + "x".repeat(64 * 1024 - 2) + "\"").getBytes(UTF_8);
        assertEquals(204, lease.say("progress", most).status());
        assertEquals(
                413, lease.say("progress", Arrays.copyOf(most, most.length + 1)).status());
        lease.answers("done");
        assertEquals("done", client.response().body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Work-Status: 199",
                "Work-Status: 101",
                "Work-Status: 600",
                "Work-Status: 0200",
                "Work-Status: x",
                "Work-Header: nothing",
                "Work-Header: : value",
                "Work-Header: a b: value",
                "Work-Header: a : value",
                "Work-Header: ä: value",
                "Work-Header: a(b: value"
            })
    void aResponseThatIsNoneIsRefusedAndMayBeSaidAgain(String header) {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        lease.does("ack");
        bad(lease.say("response", new byte[0], header), header.split(":", -1)[0]);
        bad(lease.say("response", new byte[] {1}, "Work-Status: 204"), "body");
        assertEquals(204, lease.say("response", new byte[0], "Work-Status: 204").status());

        assertEquals(204, client.response().status());
    }

    @Test
    void hopByHopHeadersOfAWorkerAreNotForwarded() {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        Response told = lease.say(
                "response",
                "12345".getBytes(UTF_8),
                "Work-Header: Connection: X-Hop, close",
                "Work-Header: X-Hop: gone",
                "Work-Header: Keep-Alive: timeout=1",
                "Work-Header: Transfer-Encoding: chunked",
                "Work-Header: Content-Length: 3",
                "Work-Header: Content-Type: text/right",
                "Work-Header: X-Empty:",
                "Content-Type: application/x-www-form-urlencoded");
        assertEquals(204, told.status(), told.body());
        Response response = client.response();

        assertEquals("12345", response.body());
        assertEquals("5", response.header("Content-Length"));
        assertEquals("text/right", response.header("Content-Type"));
        assertTrue(response.headers().containsKey("x-empty"));
        for (String name : List.of("X-Hop", "Keep-Alive", "Transfer-Encoding"))
            assertEquals("", response.header(name), name);
    }

    @Test
    void aClientThatLeavesEndsTheLease() throws IOException {
        Http.Exchange client = ask("POST", "/", "Content-Length: 1000000");
        client.write(new byte[1_000]);
        try (DialledIn worker = DialledIn.to(worker().http().port())) {
            Lease lease = half(worker);
            lease.does("ack");
            client.vanish();

            worker.in().transferTo(OutputStream.nullOutputStream()); // is cut
            lease.isOver();
        }
    }

    /** Reads the head, and the first thousand bytes of a body. */
    private Lease half(DialledIn worker) throws IOException {
        worker.write("GET " + member(turn).context() + "/workers/" + queue
                + "/next?wait=20 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Response head = head(worker.in());
        assertEquals(1_000, worker.in().readNBytes(1_000).length);
        return given(head);
    }

    private static Response head(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) throw new AssertionError("it broke off: " + text);
            text.append((char) next);
        }
        Map<String, List<String>> headers = new java.util.TreeMap<>();
        String[] lines = text.toString().strip().split("\r\n");
        for (String line : Arrays.asList(lines).subList(1, lines.length))
            headers.computeIfAbsent(
                            line.split(":", -1)[0].toLowerCase(java.util.Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(line.indexOf(':') + 1).strip());
        return new Response(Integer.parseInt(lines[0].split(" ", -1)[1]), headers, "");
    }

    @Test
    void aClientThatLeavesWithinItsResponseStopsIt() {
        Http.Exchange client = ask("GET", "/");
        Lease lease = next();
        lease.does("ack");
        try (Http.Exchange response = worker().http()
                .send("POST", lease.path("response", "" + lease.token()), "Content-Length: 1000000000")) {
            response.write(new byte[1_000]);
            client.until("HTTP/1.1 200");
            client.vanish();
            CompletableFuture<Void> more = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 100; i++) response.write(new byte[MEBIBYTE]);
            });
            String answer = response.until("\r\n\r\n");

            assertTrue(answer.startsWith("HTTP/1.1 409"), answer);
            lease.isOver();
            response.vanish();
            more.handle((done, cut) -> true).join();
        }
    }

    @Test
    void aResponseThatBreaksOffIsNotTakenForWhole() {
        Http.Exchange begun = ask("GET", "/");
        Lease lease = next();
        lease.does("ack");
        Http.Exchange response =
                worker().http().send("POST", lease.path("response", "" + lease.token()), "Content-Length: 200000");
        response.write("half".getBytes(UTF_8));
        begun.until("half");
        response.vanish();
        assertEquals("", begun.rest());

        Http.Exchange client = client().send("POST", "/work/" + queue + "/short", new byte[] {1});
        Lease other = next();
        other.does("ack");
        Http.Exchange broken = worker().http()
                .send("POST", other.path("response", "" + other.token()), "Content-Length: 20", "Expect: 100-continue");
        broken.until("HTTP/1.1 100");
        broken.vanish();
        unknown(client);
        other.isOver();
    }

    @Test
    void aWorkerMayAnswerBeforeItHasAllOfTheRequest() throws IOException {
        Http.Exchange client = ask("POST", "/", "Content-Length: 1000000");
        client.write(new byte[1_000]);
        try (DialledIn worker = DialledIn.to(worker().http().port())) {
            Lease lease = half(worker);
            assertEquals(
                    204,
                    lease.say("response", "too much".getBytes(UTF_8), "Work-Status: 413")
                            .status());

            Response response = client.response();
            assertEquals(413, response.status());
            assertEquals("too much", response.body());
            worker.in().transferTo(OutputStream.nullOutputStream()); // is cut
        }
    }

    @Test
    void longBodiesPassBothWaysAsTheyAreTaken() throws Exception {
        int mebibytes = 64;
        byte[] block = new byte[MEBIBYTE];
        for (int i = 0; i < block.length; i++) block[i] = (byte) (i * 31 + i / 251);
        String length = "Content-Length: " + mebibytes * MEBIBYTE + "\r\n\r\n";
        try (DialledIn client = DialledIn.to(client().port());
                DialledIn pull = DialledIn.to(worker().http().port())) {
            client.write(
                    "POST " + client().context() + "/work/" + queue + "/ HTTP/1.1\r\nHost: localhost\r\n" + length);
            CompletableFuture<Void> sent = write(client.out(), block, mebibytes);
            pull.write("GET " + member(turn).context() + "/workers/" + queue
                    + "/next?wait=20 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Response head = head(pull.in());
            assertEquals(Integer.toString(mebibytes * MEBIBYTE), head.header("Content-Length"));
            read(pull.in(), block, mebibytes);
            sent.join();
            Lease lease = given(head);
            lease.does("ack");
            try (DialledIn answer = DialledIn.to(worker().http().port())) {
                answer.write("POST " + member(turn).context() + lease.path("response", "" + lease.token())
                        + " HTTP/1.1\r\nHost: localhost\r\n" + length);
                CompletableFuture<Void> answered = write(answer.out(), block, mebibytes);
                Response response = head(client.in());
                assertEquals(200, response.status());
                assertEquals(Integer.toString(mebibytes * MEBIBYTE), response.header("Content-Length"));
                read(client.in(), block, mebibytes);
                answered.join();
                assertEquals(204, head(answer.in()).status());
            }
        }
    }

    private static CompletableFuture<Void> write(OutputStream out, byte[] block, int times) {
        return CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < times; i++) out.write(block);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static void read(InputStream in, byte[] block, int times) throws IOException {
        for (int i = 0; i < times; i++) assertArrayEquals(block, in.readNBytes(MEBIBYTE), "block " + i);
    }

    @Test
    void bodiesOfUnknownLengthPassBothWays() {
        Http.Exchange client = ask("POST", "/", "Transfer-Encoding: chunked");
        client.write("4\r\nsome\r\n5\r\n body\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Lease lease = next();
        assertEquals("some body", lease.given.body());
        assertEquals("9", lease.given.header("Content-Length"));
        Http.Exchange answer =
                worker().http().send("POST", lease.path("response", "" + lease.token()), "Transfer-Encoding: chunked");
        answer.write("4\r\nsome\r\n7\r\n answer\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertEquals(204, answer.response().status());
        assertEquals("some answer", client.response().body());
    }

    @Test
    void manyWorkersAndClientsMeetEachOnce() {
        int all = 40;
        List<Http.Exchange> clients = new ArrayList<>();
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int first = i;
            workers.add(CompletableFuture.supplyAsync(() -> {
                int done = 0, at = first;
                while (true) {
                    Response given = member(at++).http().get("/workers/" + queue + "/next?wait=3");
                    if (given.status() == 204) return done;
                    Lease lease = given(given);
                    String path = "/workers/" + queue + "/" + lease.id() + "/", token = "?token=" + lease.token();
                    assertEquals(
                            204, member(at++).http().post(path + "ack" + token).status());
                    Response told = member(at++)
                            .http()
                            .send(
                                    "POST",
                                    path + "response" + token,
                                    lease.path().getBytes(UTF_8))
                            .response();
                    assertEquals(204, told.status(), told.body());
                    done++;
                }
            }));
        }
        for (int i = 0; i < all; i++) clients.add(ask("GET", "/" + i));
        for (int i = 0; i < all; i++)
            assertEquals("/" + i, clients.get(i).response().body());

        assertEquals(all, workers.stream().mapToInt(CompletableFuture::join).sum());
    }
}
