// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static io.holdfast.testing.Origin.answer;
import static io.holdfast.testing.Origin.write;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Complaints;
import io.holdfast.testing.Http;
import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that leave while they are held, at the standalone run: with a FIN, as most do, and with a reset. */
class LeftClientsIT {
    private static final int LIMIT = 50;
    /** The length of a response that is not gathered before it is passed on. */
    private static final int LONG = 400_000;

    private static final String GONE = "holdfast_endings_total{ending=\"gone\"}";

    /** Stands for the number of a client. */
    private static final String ONE = "{n}";

    /** The requests that are held, each for an hour or for ever. */
    private static final Map<String, String> KINDS = kinds();

    @TempDir
    private static Path folder;

    /** How many requests the silent backend has. */
    private static final AtomicInteger ASKED = new AtomicInteger();

    private static Origin origin, silent;
    private static StandingServer server, keeping;

    /** A test ends here only when all endings are counted, so that the next one begins with the right number. */
    private static StandingServer counting;

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("counter", get("/counters/left/value/?last=0&wait=3600"));
        kinds.put("channel", get("/channels/left/events?wait=3600"));
        kinds.put("channel stream", get("/channels/left/events", "Accept: text/event-stream"));
        kinds.put("camera", get("/cameras/left-" + ONE + "/updates/?wait=3600"));
        kinds.put("work", get("/work/left/x", "Prefer: wait=3600"));
        kinds.put("body of work", post("/work/left/x", "Prefer: wait=3600"));
        kinds.put("worker", get("/workers/left-workers/next?wait=3600"));
        kinds.put("GRIP response", get("/hold"));
        kinds.put("GRIP stream", get("/stream"));
        return kinds;
    }

    private static String get(String target, String... headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + lines(headers) + "\r\n";
    }

    private static String post(String target, String... headers) {
        return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n" + lines(headers)
                + "\r\nhello";
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    @BeforeAll
    static void start() throws Exception {
        origin = Origin.that((asked, out) -> {
            String path = asked.line().split(" ", -1)[1];
            String hold = path.startsWith("/stream") ? "stream" : "response";
            write(
                    out,
                    answer(
                            200,
                            "Content-Type: text/plain\r\nGrip-Hold: " + hold
                                    + "\r\nGrip-Timeout: 3600\r\nGrip-Channel: quiet\r\n",
                            "begun\n"));
        });
        Path routes = folder.resolve("routes");
        silent = Origin.raw((in, out) -> {
            ASKED.incrementAndGet();
            try {
                while (in.read() >= 0) {}
            } finally {
                ASKED.decrementAndGet();
            }
        });
        Files.writeString(
                routes, "* 127.0.0.1:" + origin.port() + "\n*,path_beg=/silent 127.0.0.1:" + silent.port() + "\n");
        Map<String, String> settings =
                Map.of("hold.limit", "" + LIMIT, "hold.longest", "1h", "proxy.routes", routes.toString());
        server = StandingServer.start(settings);
        counting = StandingServer.start(settings);
        Map<String, String> kept = new LinkedHashMap<>(settings);
        kept.put("hold.half-closed", "keep");
        kept.put("grip.unwatched", "1s");
        keeping = StandingServer.start(kept);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        counting.close();
        keeping.close();
        origin.close();
        silent.close();
    }

    private static double meter(StandingServer of, String name) {
        return of.http()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }

    private static int holds(StandingServer of) {
        return (int) meter(of, "holdfast_holds");
    }

    private static List<Line> hold(StandingServer at, String request, int clients) throws Exception {
        int before = holds(at);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < clients; i++) lines.add(Line.to(at.port()).send(request.replace(ONE, "" + i)));
        await("all are held").until(() -> holds(at) == before + clients);
        return lines;
    }

    @Test
    void streamsWhoseClientsHaveLeftMakePlaceForOthers() throws Exception {
        String stream = get("/stream");
        List<Line> lines = hold(server, stream, LIMIT);
        for (Line line : lines) line.readTo("begun\n");
        assertEquals(
                503, server.http().get("/counters/left/value/?last=0&wait=1").status());

        for (int i = 0; i < LIMIT; i++)
            if (i % 2 == 0) lines.get(i).close();
            else lines.get(i).vanish();

        await("none is left").until(() -> holds(server) == 0);
        try (Line next = Line.to(server.port()).send(stream)) {
            next.readTo("begun\n");
        }
        await("that one has left, too").until(() -> holds(server) == 0);
    }

    @Test
    void aClientThatLeavesIsNoticedWhateverItIsHeldFor() throws Exception {
        leave(KINDS);
    }

    /** Has two clients held for each of these, which leave in different ways. */
    private static void leave(Map<String, String> kinds) throws Exception {
        double gone = meter(counting, GONE);
        Map<String, Line> lines = new LinkedHashMap<>();
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            List<Line> both = hold(counting, kind.getValue(), 2);
            lines.put(kind.getKey() + " by FIN", both.get(0));
            lines.put(kind.getKey() + " by RST", both.get(1));
        }
        assertEquals(gone, meter(counting, GONE));

        for (Map.Entry<String, Line> line : lines.entrySet())
            if (line.getKey().endsWith("FIN")) line.getValue().close();
            else line.getValue().vanish();

        await("nobody is held").until(() -> holds(counting) == 0);
        // An ending is counted after its client is held no more.
        await("each is counted").untilAsserted(() -> assertEquals(gone + lines.size(), meter(counting, GONE)));
        assertEquals(0, meter(counting, "holdfast_holds_unwatched"));
    }

    @Test
    void aClientThatLeavesItsStreamIsNotInTheLog() throws Exception {
        try (Complaints complaints = new Complaints()) {
            List<Line> lines = hold(server, get("/channels/quiet/events", "Accept: text/event-stream"), LIMIT / 2);
            for (Line line : lines) line.readTo("\r\n\r\n");

            for (int i = 0; i < lines.size(); i++)
                if (i % 3 == 0) lines.get(i).close();
                else if (i % 3 == 1) lines.get(i).vanish();
                else lines.get(i).endSending().close();

            await("none is left").until(() -> holds(server) == 0);
            for (int i = 0; i < LIMIT; i++)
                assertEquals(200, server.http().get("/health/live").status());
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void ofTheServersListenersOnlyFaultsOfConnectionsAreLeftOut() {
        Logger listeners = Logger.getLogger("org.xnio.listener");
        try (Complaints complaints = new Complaints()) {
            listeners.log(Level.SEVERE, "a worker has left", new IllegalStateException(new ClosedChannelException()));
            listeners.log(Level.SEVERE, "a fault", new IllegalStateException("none of a connection"));
            listeners.log(Level.SEVERE, "another fault");

            assertEquals(2, complaints.heard().size(), complaints.heard()::toString);
            assertTrue(complaints.heard().get(0).contains("a fault"));
            assertTrue(complaints.heard().get(1).contains("another fault"));
        }
    }

    @Test
    void aBackendIsNotKeptBusyForClientsThatHaveLeft() throws Exception {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < 2; i++) lines.add(Line.to(server.port()).send(get("/silent")));
        await("both are passed on").until(() -> ASKED.get() == 2);

        lines.get(0).close();
        lines.get(1).vanish();

        await("both are given up").until(() -> ASKED.get() == 0);
    }

    @Test
    void aClientThatWaitsForAJobMayLeaveIt() throws Exception {
        String job = counting.http()
                .send("POST", "/work/left-jobs/x", new byte[] {'x'}, "Prefer: respond-async")
                .response()
                .header("Location");
        String version = counting.http().get(job).header("ETag").replace("\"", "");

        leave(Map.of(
                "change of a job", get(job + "?wait=3600&after=" + version),
                "result of a job", get(job + "/result?wait=3600")));

        assertEquals("\"" + version + "\"", counting.http().get(job).header("ETag"), "the job goes on");
    }

    @Test
    void aRequestWhoseClientHasLeftIsNotGivenToAWorker() throws Exception {
        List<Line> lines = hold(server, get("/work/ghosts/x", "Prefer: wait=3600"), 2);
        for (Line line : lines) line.close();
        await("nobody is held").until(() -> holds(server) == 0);

        assertEquals(204, server.http().get("/workers/ghosts/next?wait=0").status());
    }

    /** Has a worker take a request whose client then leaves, and a sweep pass; returns the place of the lease, and its token. */
    private static String[] abandoned(StandingServer at) throws Exception {
        Line client = Line.to(at.port()).send(post("/work/abandoned/x", "Prefer: wait=3600"));
        Http.Response given = at.http().get("/workers/abandoned/next?wait=60");
        assertEquals(200, given.status());
        String lease = "/workers/abandoned/" + given.header("Work-Id"), token = "?token=" + given.header("Work-Token");
        assertEquals(204, at.http().post(lease + "/ack" + token).status());
        client.close();
        Line other = hold(at, get("/counters/other/value/?last=0&wait=3600"), 1).get(0);
        other.close();
        await("a sweep has found both").until(() -> holds(at) == 0);
        return new String[] {lease, token};
    }

    @Test
    void aWorkerIsToldThatItsClientHasLeft() throws Exception {
        String[] lease = abandoned(server);

        await("the lease has ended")
                .until(() -> server.http().post(lease[0] + "/extend" + lease[1]).status() != 204);
    }

    @Test
    void aWorkerMayFinishForAClientThatHasLeftIfTheSettingsSaySo() throws Exception {
        try (StandingServer finishing = StandingServer.start(Map.of("work.abandoned", "finish"))) {
            String[] lease = abandoned(finishing);

            assertEquals(
                    204, finishing.http().post(lease[0] + "/extend" + lease[1]).status());
            assertEquals(
                    204,
                    finishing.http().post(lease[0] + "/response" + lease[1]).status());
            await("it is over").until(() -> meter(finishing, "holdfast_work_requests") == 0);
        }
    }

    @Test
    void aWorkerFinishesALongResponseForAClientThatHasLeftIfTheSettingsSaySo() throws Exception {
        try (StandingServer finishing = StandingServer.start(Map.of("work.abandoned", "finish"))) {
            String half = "x".repeat(LONG / 2);
            for (String length : List.of("Content-Length: " + LONG, "Transfer-Encoding: chunked")) {
                boolean chunked = length.startsWith("T");
                String piece = chunked ? Integer.toHexString(LONG / 2) + "\r\n" + half + "\r\n" : half;
                String last = chunked ? "0\r\n\r\n" : "";
                String[] lease = abandoned(finishing);
                try (Line worker = Line.to(finishing.port())
                        .send(post(lease[0] + "/response" + lease[1], length)
                                .replaceFirst("Content-Length: 5\r\n", "")
                                .replaceFirst("hello$", piece + piece + last))) {
                    assertTrue(worker.readTo("\r\n\r\n").startsWith("HTTP/1.1 204 "), length);
                }

                Line client = Line.to(finishing.port()).send(post("/work/abandoned/x", "Prefer: wait=3600"));
                Http.Response given = finishing.http().get("/workers/abandoned/next?wait=60");
                try (Line worker = Line.to(finishing.port())
                        .send(post(
                                        "/workers/abandoned/" + given.header("Work-Id") + "/response?token="
                                                + given.header("Work-Token"),
                                        length)
                                .replaceFirst("Content-Length: 5\r\n", "")
                                .replaceFirst("hello$", piece))) {
                    client.readTo("xxxx");
                    client.vanish();
                    worker.send(piece + last);
                    assertTrue(worker.readTo("\r\n\r\n").startsWith("HTTP/1.1 204 "), length + " within it");
                }
            }
            await("it is over").until(() -> meter(finishing, "holdfast_work_requests") == 0);
            await("nothing is kept").until(() -> meter(finishing, "holdfast_backlog_bytes") == 0);
        }
    }

    @Test
    void aStreamThatNobodyCanWatchEndsWhenNothingIsWrittenToIt() throws Exception {
        try (Line watched = hold(keeping, get("/stream"), 1).get(0);
                Line line = hold(keeping, get("/stream"), 1).get(0)) {
            watched.readTo("begun\n\r\n");
            line.closeItsSide();

            assertTrue(line.readAll().endsWith("begun\n\r\n0\r\n\r\n"));

            await("the other one goes on").until(() -> holds(keeping) == 1);
            assertFalse(watched.hasNews());
        }
        await("that one has left, too").until(() -> holds(keeping) == 0);
    }

    @Test
    void aClientThatClosesItsSideAndReadsIsToldWhyItIsNotHeld() throws Exception {
        try (Line line =
                hold(server, get("/counters/half/value/?last=0&wait=3600"), 1).get(0)) {
            line.closeItsSide();

            String answer = line.readAll();

            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.contains("\"field\":\"connection\"") && answer.contains("hold.half-closed=keep"), answer);
        }
        await("a hold ends after its client has been told").until(() -> holds(server) == 0);
        try (Line line = hold(server, get("/stream"), 1).get(0)) {
            line.closeItsSide();

            String answer = line.readAll();

            assertTrue(answer.contains("begun\n"), answer);
            assertFalse(answer.endsWith("\r\n0\r\n\r\n"), "a stream that is cut does not look whole: " + answer);
        }
        await("so does a stream").until(() -> holds(server) == 0);
    }

    @Test
    void aClientMayCloseItsSideAndReadOnIfTheSettingsSaySo() throws Exception {
        Line ghost =
                hold(keeping, get("/counters/ghost/value/?last=0&wait=3600"), 1).get(0);
        try (Line line =
                hold(keeping, get("/counters/half/value/?last=0&wait=3600"), 1).get(0)) {
            line.closeItsSide();
            ghost.vanish();
            await("a sweep has seen both").until(() -> holds(keeping) == 1);

            assertEquals(200, keeping.http().post("/counters/half/value/").status());

            assertTrue(line.readAll().startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aClientThatStaysIsHeldWhileOthersLeave() throws Exception {
        try (Line stays = hold(server, get("/counters/stays/value/?last=0&wait=3600"), 1)
                        .get(0);
                Line connected = Line.to(server.port())) {
            for (int i = 0; i < 3; i++) {
                hold(server, get("/counters/leaves/value/?last=0&wait=3600"), 1)
                        .get(0)
                        .close();
                await("it has left").until(() -> holds(server) == 1);
            }
            // A connection without a hold costs nothing, and serves when it is used.
            connected.send(get("/health/live")).readTo("UP");

            new Http(URI.create("http://127.0.0.1:" + server.port())).post("/counters/stays/value/");

            assertTrue(stays.readTo("\r\n\r\n").startsWith("HTTP/1.1 200 "));
        }
    }
}
