// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.concurrent.StallWatch;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Container;
import io.holdfast.testing.Line;
import io.holdfast.testing.Race;
import io.holdfast.time.SystemTimer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The promises of a stream, on every kind of server. */
@ParameterizedClass
@EnumSource(Container.class)
@Timeout(60)
class HeldStreamIT {
    private static final byte[] BLOCK = "0123456789abcdef".repeat(2048).getBytes(UTF_8);
    private static final String LAST_CHUNK = "\r\n0\r\n\r\n";
    private static final long BACKLOG = 8_000_000;
    private static final Runnable NOTHING = () -> {};
    /** Servers give such clients up by themselves after some seconds. */
    private static final Duration STALL = Duration.ofSeconds(2), BRIEF = Duration.ofMillis(500);

    @Parameter
    private Container container;

    private final BlockingQueue<Followed> streams = new LinkedBlockingQueue<>();
    private final List<HeldStream> all = new ArrayList<>();
    private final SystemTimer timer = new SystemTimer("stall");
    private final Complaints complaints = new Complaints();
    private final Json json = new Json();
    private final Backlog backlog = new Backlog(BACKLOG, json);
    private final AtomicInteger busy = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private Duration backstop = Duration.ofSeconds(60);
    private Container.Running server;

    /** A stream, and how often it was reported to be gone. */
    private record Followed(HeldStream stream, AtomicInteger gone) {

        void write(String text) throws InterruptedException {
            CountDownLatch taken = new CountDownLatch(1);
            assertTrue(stream.write(text.getBytes(UTF_8), taken::countDown));
            assertTrue(taken.await(60, TimeUnit.SECONDS), "not taken");
        }

        /** Writes on and on; the counter says how many blocks were taken. */
        AtomicInteger flood() {
            AtomicInteger taken = new AtomicInteger();
            stream.write(BLOCK, new Runnable() {
                @Override
                public void run() {
                    taken.incrementAndGet();
                    stream.write(BLOCK, this);
                }
            });
            return taken;
        }
    }

    @BeforeAll
    static void waitLonger() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    @AfterAll
    static void waitAsUsual() {
        Awaitility.reset();
    }

    @BeforeEach
    void start() throws Exception {
        Handler handler = call -> {
            HeldStream stream = call.stream(
                    new OwnResponse(200, "text/plain", Headers.of("X-Head", "yes"), "first;".getBytes(UTF_8)),
                    backstop);
            AtomicInteger gone = new AtomicInteger();
            stream.onGone(gone::incrementAndGet);
            streams.add(new Followed(stream, gone));
        };
        Handler silent = call -> {
            HeldStream stream = call.stream(new OwnResponse(200, "text/plain", Headers.NONE, new byte[0]), backstop);
            streams.add(new Followed(stream, new AtomicInteger()));
        };
        Handler whole = call -> call.hold(backstop)
                .answer(new OwnResponse(200, "text/plain", Headers.NONE, new byte[6_000_000]), BRIEF, timer);
        Handler occupied = call -> {
            busy.incrementAndGet();
            awaitRelease();
            call.answer(OwnResponse.json(200, "\"free\""));
        };
        Handler plain = call -> call.answer(OwnResponse.json(200, "\"plain\""));
        Routes routes = new Routes()
                .add("/stream", Map.of("GET", handler))
                .add("/silent", Map.of("GET", silent))
                .add("/busy", Map.of("GET", occupied))
                .add("/whole", Map.of("GET", whole))
                .add("/plain", Map.of("GET", plain));
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        server = container.start(new FrontServlet(routes, waits, backlog, json));
    }

    @AfterEach
    void stop() {
        release.countDown();
        all.forEach(HeldStream::cut);
        await("nothing is kept any more").until(() -> backlog.bytes() == 0);
        server.close();
        timer.close();
        complaints.close();
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static String request(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
    }

    private Line open() throws IOException {
        return Line.to(server.port()).send(request("GET", "/stream"));
    }

    private Line openNarrow() throws IOException {
        return Line.narrow(server.port()).send(request("GET", "/stream"));
    }

    private Followed next() throws InterruptedException {
        Followed next = streams.poll(10, TimeUnit.SECONDS);
        if (next == null) throw new AssertionError("no stream came");
        all.add(next.stream);
        return next;
    }

    /** A cut response must not look whole. */
    private static void assertBrokenOff(String rest) {
        assertFalse(rest.endsWith(LAST_CHUNK), rest);
    }

    @Test
    void aCutResponseDoesNotLookWholeToAClientThatClosesEither() throws Exception {
        String request = "GET /stream HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        try (Line cut = Line.to(server.port()).send(request)) {
            String head = cut.readTo("first;");
            assertTrue(head.contains("Transfer-Encoding: chunked"), head);
            next().stream.cut();
            assertBrokenOff(cut.readAll());
        }
        try (Line whole = Line.to(server.port()).send(request)) {
            whole.readTo("first;");
            next().stream.end();
            assertTrue(whole.readAll().endsWith(LAST_CHUNK));
        }
    }

    /** The connection of an older client is reset, because it takes any other end for the end of the response. */
    @Test
    void aCutResponseDoesNotLookWholeToAClientWithoutChunks() throws Exception {
        for (String header : List.of("", "Connection: keep-alive\r\n")) {
            String request = "GET /stream HTTP/1.0\r\nHost: test\r\n" + header + "\r\n";
            try (Line cut = Line.to(server.port()).send(request)) {
                cut.readTo("first;");
                next().stream.cut();
                assertEquals(Line.RESET, cut.readAll());
            }
            try (Line whole = Line.to(server.port()).send(request)) {
                whole.readTo("first;");
                Followed followed = next();
                followed.write("last;");
                followed.stream.end();
                assertEquals("last;", whole.readAll());
            }
        }
    }

    @Test
    void aStreamThatNobodyEndsIsResetByTheBackstopToAClientWithoutChunks() throws Exception {
        backstop = Duration.ofSeconds(1);
        try (Line line = Line.to(server.port()).send("GET /stream HTTP/1.0\r\nHost: test\r\n\r\n")) {
            line.readTo("first;");
            assertEquals(Line.RESET, line.readAll());
        }
    }

    @Test
    void everyChunkReachesTheClientAtOnce() throws Exception {
        try (Line line = open()) {
            String head = line.readTo("first;");
            assertTrue(head.startsWith("HTTP/1.1 200"), head);
            assertTrue(head.contains("X-Head: yes"), head);
            assertTrue(head.contains("Cache-Control: no-store"), head);
            Followed followed = next();
            for (int i = 0; i < 50; i++) {
                followed.write("chunk" + i + ";");
                line.readTo("chunk" + i + ";");
            }
        }
    }

    @Test
    void theHeadComesBeforeThereIsAnythingToSay() throws Exception {
        try (Line line = Line.to(server.port()).send(request("GET", "/silent"))) {
            String head = line.readTo("\r\n\r\n");
            assertTrue(head.startsWith("HTTP/1.1 200"), head);
            next().write("late;");
            line.readTo("late;");
        }
    }

    @Test
    void aChunkMayBeWrittenFromTheCallbackOfTheOneBefore() throws Exception {
        int many = 20_000;
        try (Line line = open()) {
            Followed followed = next();
            AtomicInteger taken = new AtomicInteger();
            AtomicBoolean within = new AtomicBoolean();
            Runnable another = new Runnable() {
                @Override
                public void run() {
                    if (!within.compareAndSet(false, true)) throw new AssertionError("one within another");
                    if (taken.incrementAndGet() < many)
                        followed.stream.write(("c" + taken + ";").getBytes(UTF_8), this);
                    else followed.stream.end();
                    within.set(false);
                }
            };
            followed.stream.write("c0;".getBytes(UTF_8), another);
            line.readTo("c" + (many - 1) + ";");
            line.readTo(LAST_CHUNK);
            assertEquals(many, taken.get());
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void onlyOneChunkIsPending() throws Exception {
        try (Line line = openNarrow()) {
            HeldStream stream = next().stream;
            assertThrows(IllegalStateException.class, () -> {
                for (int i = 0; i < 1_000; i++) stream.write(BLOCK, NOTHING);
            });
            assertTrue(stream.cut());
            await().until(line::isRefused);
        }
    }

    @Test
    void anEndedStreamEndsCleanlyAndTheConnectionServesOn() throws Exception {
        try (Line line = open()) {
            Followed followed = next();
            assertTrue(followed.stream.write("last;".getBytes(UTF_8), NOTHING));
            assertTrue(followed.stream.end());
            assertFalse(followed.stream.end());
            assertFalse(followed.stream.write("more;".getBytes(UTF_8), NOTHING));
            line.readTo("last;");
            line.readTo(LAST_CHUNK);
            line.send(request("GET", "/plain")).readTo("\"plain\"\n");
            assertFalse(followed.stream.cut());
            assertEquals(0, followed.gone.get());
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void aCutStreamIsBrokenOff() throws Exception {
        try (Line line = open()) {
            Followed followed = next();
            followed.write("last;");
            line.readTo("last;");
            assertTrue(followed.stream.cut());
            assertFalse(followed.stream.cut());
            assertFalse(followed.stream.write("more;".getBytes(UTF_8), NOTHING));
            assertBrokenOff(line.readAll());
            assertEquals(0, followed.gone.get());
            assertNothingButUndertowComplains();
        }
    }

    @Test
    void aReaderThatReadsNothingIsCutAndItsConnectionIsGone() throws Exception {
        try (Line line = openNarrow()) {
            Followed followed = next();
            AtomicInteger taken = followed.flood();
            stalls(taken);
            assertTrue(followed.stream.cut());
            await().until(line::isRefused);
            assertEquals(0, followed.gone.get());
            assertNothingButUndertowComplains();
        }
    }

    @Test
    void aReaderThatReadsNothingIsCutAlsoAfterTheEndWasAskedFor() throws Exception {
        try (Line line = openNarrow()) {
            Followed followed = next();
            stalls(followed.flood());
            assertTrue(followed.stream.end());
            assertTrue(followed.stream.cut());
            await().until(line::isRefused);
        }
    }

    @Test
    void aCutOvertakenByOnWritePossibleStillBreaksOff() throws Exception {
        assumeTrue(container == Container.TOMCAT, "the others say that there is room on threads of their own");
        try (Line line = open()) {
            Followed followed = next();
            AtomicInteger taken = followed.flood();
            stalls(taken);
            List<Line> occupying = new ArrayList<>();
            for (int i = 0; i < Container.THREADS; i++)
                occupying.add(Line.to(server.port()).send(request("GET", "/busy")));
            await("no thread is free").until(() -> busy.get() == Container.THREADS);
            // Leaves less on its way than fills half of what the server may send ahead.
            line.skip((taken.get() - 1L) * BLOCK.length);
            stalls(busy);
            assertTrue(followed.stream.cut());
            release.countDown();
            await().until(line::isRefused);
            for (Line busy : occupying) busy.readTo("\"free\"\n");
            for (Line busy : occupying) busy.close();
        }
    }

    private static void stalls(AtomicInteger taken) {
        AtomicInteger before = new AtomicInteger(-1);
        await().pollInterval(Duration.ofMillis(300)).until(() -> before.getAndSet(taken.get()) == taken.get());
    }

    @Test
    void aReaderThatReadsAgainGetsEverythingWithoutFurtherWord() throws Exception {
        try (Line line = openNarrow()) {
            Followed followed = next();
            AtomicInteger sent = new AtomicInteger();
            Runnable more = new Runnable() {
                @Override
                public void run() {
                    if (sent.incrementAndGet() < 5_000)
                        followed.stream.write(("small " + sent + ";" + "x".repeat(100)).getBytes(UTF_8), this);
                    else followed.stream.write("the very last;".getBytes(UTF_8), NOTHING);
                }
            };
            more.run();
            stalls(sent);
            line.readTo("the very last;");
        }
    }

    @Test
    void aReaderThatIsSlowButSteadyHasNotStalled() throws Exception {
        byte[] chunk = ("x".repeat(700_000) + "the end;").getBytes(UTF_8);
        AtomicBoolean taken = new AtomicBoolean();
        try (Line line = openNarrow()) {
            HeldStream stream = next().stream;
            long begin = System.nanoTime();
            StallWatch stall = stream.watch(STALL, timer, stream::cut);
            stream.write(chunk, () -> {
                stall.close();
                taken.set(true);
            });
            line.readSlowlyTo("the end;", 100_000);
            assertTrue(System.nanoTime() - begin > 2 * STALL.toNanos(), "it was slow");
            await().untilTrue(taken);
            assertTrue(stream.end());
        }
    }

    @Test
    void anAnswerOfWhichNothingIsTakenIsCut() throws Exception {
        try (Line line = Line.narrow(server.port()).send(request("GET", "/whole"))) {
            String head = line.readTo("\r\n\r\n");
            assertTrue(head.contains("Content-Length: 6000000"), head);
            await("it is cut").until(line::isRefused);
        }
    }

    @Test
    void aWriteIsRefusedBeforeSlowStreamsTakeTooMuchMemory() throws Exception {
        byte[] chunk = new byte[5_000_000];
        List<Line> lines = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                lines.add(openNarrow());
                assertTrue(next().stream.write(chunk, NOTHING), "the same is kept once");
            }
            assertEquals(chunk.length, backlog.bytes());
            try (Line other = open()) {
                Followed refused = next();
                assertFalse(refused.stream.write(new byte[5_000_000], NOTHING));
                refused.write("a little;");
                assertTrue(refused.stream.end());
                other.readTo("a little;" + LAST_CHUNK);
            }
        } finally {
            for (Line line : lines) line.close();
        }
    }

    @Test
    void aReaderThatReadsNothingHasStalledAndWhatWatchesItEnds() throws Exception {
        try (Line line = openNarrow()) {
            HeldStream stream = next().stream;
            stream.write(new byte[4_000_000], NOTHING);
            AtomicInteger stalled = new AtomicInteger();
            stream.watch(BRIEF, timer, () -> {
                stalled.incrementAndGet();
                stream.cut();
            });
            await().until(line::isRefused);
            assertEquals(1, stalled.get());
        }
    }

    @Test
    void aStreamThatNobodyEndsIsBrokenOffByTheBackstop() throws Exception {
        backstop = Duration.ofSeconds(1);
        try (Line line = open()) {
            assertBrokenOff(line.readAll());
            Followed followed = next();
            await().untilAsserted(() -> assertEquals(1, followed.gone.get()));
            assertFalse(followed.stream.cut());
            assertFalse(followed.stream.end());
            assertNothingButUndertowComplains();
        }
    }

    @Test
    void theBackstopAlsoBreaksOffAReaderThatReadsNothing() throws Exception {
        backstop = Duration.ofSeconds(2);
        try (Line line = openNarrow()) {
            Followed followed = next();
            followed.flood();
            await().until(line::isRefused);
            await().untilAsserted(() -> assertEquals(1, followed.gone.get()));
        }
    }

    @Test
    void aClientThatLeavesIsGoneOnce() throws Exception {
        Followed followed;
        try (Line line = open()) {
            line.readTo("first;");
            followed = next();
            line.vanish();
        }
        await().until(() -> {
            beat(followed.stream);
            return followed.gone.get() > 0;
        });
        assertFalse(followed.stream.cut());
        assertFalse(followed.stream.end());
        assertEquals(1, followed.gone.get());
        assertEquals(List.of(), complaintsOfOthers());
    }

    /** Undertow may find that the connection which is to be closed is closed, or is being flushed, and says so. */
    private void assertNothingButUndertowComplains() {
        if (container != Container.UNDERTOW) assertEquals(List.of(), complaints.heard());
    }

    /**
     * Undertow itself logs, as soon as a write has failed, that it could not finish a response whose client had left. Tomcat logs that
     * Holdfast and Tomcat completed the response in the same moment.
     */
    private List<String> complaintsOfOthers() {
        return complaints.heard().stream()
                .filter(complaint -> !complaint.contains("UT005088") && !complaint.contains("asyncComplete()"))
                .toList();
    }

    private static void beat(HeldStream stream) {
        try {
            stream.write("beat;".getBytes(UTF_8), NOTHING);
        } catch (IllegalStateException pending) {
            // It will be taken, or found to be gone.
        }
    }

    @Test
    void aHeadGetsNoBodyAndIsGone() throws Exception {
        try (Line line = Line.to(server.port()).send(request("HEAD", "/stream"))) {
            Followed followed = next();
            assertFalse(followed.stream.write("x".getBytes(UTF_8), NOTHING));
            assertEquals(1, followed.gone.get());
            line.readTo("\r\n\r\n");
            String next = line.send(request("GET", "/plain")).readTo("\"plain\"\n");
            assertTrue(next.startsWith("HTTP/1.1 200"), next);
        }
    }

    @Test
    void readersThatReadNothingDelayNobody() throws Exception {
        int stalled = 500, well = 20, chunks = 200;
        List<Line> lines = new ArrayList<>();
        List<Followed> stuck = new ArrayList<>();
        try {
            for (int i = 0; i < stalled; i++) {
                lines.add(openNarrow());
                Followed followed = next();
                followed.flood();
                stuck.add(followed);
            }
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            List<Followed> others = new ArrayList<>();
            List<Line> readers = new ArrayList<>();
            for (int i = 0; i < well; i++) {
                readers.add(open());
                others.add(next());
            }
            lines.addAll(readers);
            for (int chunk = 0; chunk < chunks; chunk++)
                for (Followed other : others) other.write("chunk" + chunk + ";");
            for (Line reader : readers) reader.readTo("chunk" + (chunks - 1) + ";");
            int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
            assertTrue(more <= Container.THREADS, more + " threads more");
        } finally {
            for (Line line : lines) line.vanish();
        }
        await().until(() -> stuck.stream().allMatch(followed -> followed.gone.get() == 1));
    }

    @Test
    void aStreamEndsExactlyOnceInARace() throws Exception {
        Round[] now = new Round[1];
        Race.run(
                300,
                number -> now[0] = new Round(open(), next(), new AtomicInteger(), new AtomicInteger()),
                number -> now[0].assertOneEnding(number % 2 == 0),
                List.of(
                        number -> {
                            for (int i = 0; i < 20; i++) beat(now[0].followed.stream);
                        },
                        number -> {
                            if (number % 3 != 0 && now[0].followed.stream.end()) now[0].ends.incrementAndGet();
                        },
                        number -> {
                            if (number % 3 != 1 && now[0].followed.stream.cut()) now[0].cuts.incrementAndGet();
                        },
                        number -> {
                            if (number % 2 == 0) now[0].line.vanish();
                        }));
        assertEquals(List.of(), complaintsOfOthers());
    }

    private record Round(Line line, Followed followed, AtomicInteger ends, AtomicInteger cuts) {

        void assertOneEnding(boolean vanished) throws IOException {
            try (line) {
                int others = cuts.get() + followed.gone.get();
                assertTrue(others <= 1, "ended " + others + " times");
                assertTrue(ends.get() <= 1, "asked for the end " + ends);
                if (others == 0 && !vanished) {
                    line.readTo(LAST_CHUNK);
                    assertFalse(followed.stream.cut());
                    assertEquals(0, followed.gone.get());
                }
            }
        }
    }
}
