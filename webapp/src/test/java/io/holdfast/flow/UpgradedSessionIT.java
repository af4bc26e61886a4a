// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Routes;
import io.holdfast.http.WaitLimits;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Container;
import io.holdfast.testing.Worker;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32;
import org.apache.hc.core5.reactor.EventMask;
import org.apache.hc.core5.reactor.IOEventHandlerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests of ours on connections that workers have opened, on every kind of server that can give them away. */
@ParameterizedClass
@EnumSource(names = {"TOMCAT", "UNDERTOW"})
@Timeout(90)
class UpgradedSessionIT {
    private static final long LONG = 64L << 20;
    /** How many bytes may be on their way in the buffers of the two ends, the server and the library. */
    private static final long ON_ITS_WAY = 12L << 20;

    private static final int MANY = 2_000;

    @Parameter
    private Container container;

    private final BlockingQueue<UpgradedSession> sessions = new LinkedBlockingQueue<>();
    private final SystemTimer timer = new SystemTimer("ptth-test");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final IOEventHandlerFactory handlers = Connections.http1();
    private final Complaints complaints = new Complaints();
    private Container.Running server;

    @BeforeEach
    void start() throws Exception {
        Clocks clocks = new Clocks(InstantSource.system(), Ticker.system(), timer);
        Routes routes = new Routes()
                .add(
                        "/workers/{queue}",
                        Map.of(
                                "POST",
                                call -> call.upgrade(
                                        "PTTH/1.0",
                                        connection -> sessions.add(
                                                UpgradedSession.open(connection, handlers, clocks, executor)))))
                .add("/plain", Map.of("GET", call -> call.answer(OwnResponse.json(200, "\"plain\""))));
        Json json = new Json();
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        server = container.start(new FrontServlet(routes, waits, new Backlog(1_000_000, json), json));
    }

    @AfterEach
    void stop() {
        server.close();
        workers.shutdownNow();
        executor.shutdownNow();
        timer.close();
        complaints.close();
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.port() + "/workers/paint");
    }

    private Worker dial() throws IOException {
        return Worker.dial(address());
    }

    private UpgradedSession next() throws InterruptedException {
        UpgradedSession next = sessions.poll(10, TimeUnit.SECONDS);
        if (next == null) throw new AssertionError("no worker came");
        return next;
    }

    private static CountDownLatch over(UpgradedSession session) {
        CountDownLatch over = new CountDownLatch(1);
        session.whenOver(over::countDown);
        return over;
    }

    private static void assertOver(CountDownLatch over) throws InterruptedException {
        assertTrue(over.await(60, TimeUnit.SECONDS), "it is not over");
    }

    /** No thread is busy while nothing can be done. */
    private static void assertCalm() {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        AtomicLong before = new AtomicLong(process.getProcessCpuTime());
        await("nothing is done").pollInterval(Duration.ofSeconds(1)).until(() -> {
            long now = process.getProcessCpuTime();
            return now - before.getAndSet(now) < 300_000_000L;
        });
    }

    /** The library looks a last time whether there is output, and then clears the event, under the lock of the session. */
    @Test
    void outputThatIsRequestedWhileTheLibraryFindsNoneIsNotForgotten() throws Exception {
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            int unserved = EventMask.WRITE << 4; // the session itself clears others
            session.setEvent(unserved);
            ReentrantLock lock = assertInstanceOf(ReentrantLock.class, session.getLock());
            Thread requester = new Thread(() -> session.setEvent(unserved));
            lock.lock();
            try {
                requester.start();
                await().until(() -> lock.hasQueuedThread(requester) || !requester.isAlive());
                session.clearEvent(unserved);
            } finally {
                lock.unlock();
            }
            requester.join();
            assertEquals(unserved, session.getEventMask() & unserved);
            worker.leave();
        }
    }

    @Test
    void aWorkerAnswersOneRequestAfterTheOther() throws Exception {
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            for (int i = 0; i < 50; i++) {
                AskedExchange asking = AskedExchange.get(session, "/job/" + i);
                String head = worker.head();
                assertTrue(head.startsWith("GET /job/" + i + " HTTP/1.1\r\n"), head);
                assertTrue(head.contains("Host: worker\r\n"), head);
                worker.answer(200, "done " + i);
                assertEquals("200 done " + i, asking.answer());
                assertTrue(asking.isReusable());
                session.rest();
            }
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void anAnswerInChunksIsPutTogether() throws Exception {
        try (Worker worker = dial()) {
            AskedExchange asking = AskedExchange.get(next(), "/");
            worker.head();
            worker.send("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (String piece : List.of("one ", "two ", "three")) worker.send(piece.length() + "\r\n" + piece + "\r\n");
            worker.send("0\r\n\r\n");
            assertEquals("201 one two three", asking.answer());
            assertTrue(asking.isReusable());
        }
    }

    @Test
    void anAnswerMayEndWithTheConnection() throws Exception {
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            CountDownLatch over = over(session);
            AskedExchange asking = AskedExchange.get(session, "/");
            worker.head();
            worker.send("HTTP/1.1 200 OK\r\n\r\nall of it").leave();
            assertEquals("200 all of it", asking.answer());
            assertFalse(asking.isReusable());
            assertOver(over);
            assertFalse(session.isOpen());
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void aLongBodyWaitsForAWorkerThatIsSlow() throws Exception {
        try (Worker worker = Worker.dial(address(), 64 * 1024)) {
            AskedExchange.LongBody body = new AskedExchange.LongBody(LONG);
            AskedExchange asking = AskedExchange.post(next(), body, LONG);
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(200))
                    .until(() -> body.written() > 0 && before.getAndSet(body.written()) == body.written());
            assertTrue(body.written() < ON_ITS_WAY, body.written() + " bytes are on their way");
            assertCalm();
            worker.head();
            CRC32 come = new CRC32(), sent = new CRC32();
            for (long at = 0; at < LONG; ) {
                byte[] piece = AskedExchange.piece(at, LONG);
                sent.update(piece);
                come.update(worker.read(piece.length));
                at += piece.length;
            }
            worker.answer(200, "thanks");
            assertEquals("200 thanks", asking.answer());
            assertEquals(sent.getValue(), come.getValue());
            assertTrue(asking.isReusable());
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void piecesThatArriveWhileTheClientReadsNothingAreNotLost() throws Exception {
        long length = 1 << 20;
        try (Worker worker = dial()) {
            AskedExchange asking = AskedExchange.slowly(next(), "/");
            worker.head();
            CRC32 sent = new CRC32();
            worker.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            for (long at = 0; at < length; ) {
                byte[] piece = AskedExchange.piece(at, length);
                sent.update(piece);
                worker.send(piece);
                at += piece.length;
                LockSupport.parkNanos(2_000_000);
            }
            AtomicLong taken = new AtomicLong();
            await("all of it").pollInterval(Duration.ofMillis(10)).until(() -> {
                long come = asking.length();
                asking.take((int) (come - taken.getAndSet(come)));
                return come == length;
            });
            assertTrue(asking.isReusable());
            assertEquals(sent.getValue(), asking.sum());
        }
    }

    @Test
    void aLongAnswerWaitsForSomebodyWhoIsSlow() throws Exception {
        try (Worker worker = dial()) {
            AskedExchange asking = AskedExchange.slowly(next(), "/");
            worker.head();
            CRC32 sent = new CRC32();
            AtomicLong written = new AtomicLong();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(
                    () -> {
                        try {
                            worker.send("HTTP/1.1 200 OK\r\nContent-Length: " + LONG + "\r\n\r\n");
                            for (long at = 0; at < LONG; ) {
                                byte[] piece = AskedExchange.piece(at, LONG);
                                sent.update(piece);
                                worker.send(piece);
                                at += piece.length;
                                written.set(at);
                            }
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    },
                    workers);
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(200))
                    .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
            assertTrue(asking.length() < 1 << 20, asking.length() + " bytes are kept for one who takes none");
            assertTrue(written.get() < ON_ITS_WAY, written.get() + " bytes are on their way");
            assertCalm();
            for (long taken = 0; taken < LONG; ) {
                long come = asking.length();
                if (come > taken) asking.take((int) (come - taken));
                taken = come;
            }
            assertTrue(asking.isReusable());
            writing.get(60, TimeUnit.SECONDS);
            assertEquals(sent.getValue(), asking.sum());
            assertEquals(List.of(), complaints.heard());
        }
    }

    @Test
    void aWorkerThatLeavesWhileIdleIsNoticed() throws Exception {
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            CountDownLatch over = over(session);
            worker.leave();
            assertOver(over);
            assertFalse(session.isOpen());
            assertInstanceOf(
                    IOException.class, AskedExchange.get(session, "/late").failure());
        }
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            AskedExchange asking = AskedExchange.get(session, "/");
            worker.head();
            worker.answer(200, "ok");
            assertTrue(asking.isReusable());
            session.rest();
            CountDownLatch over = over(session);
            worker.vanish();
            assertOver(over);
        }
        assertEquals(List.of(), complaints.heard());
    }

    @Test
    void aWorkerThatSpeaksUnaskedIsClosed() throws Exception {
        try (Worker worker = dial()) {
            CountDownLatch over = over(next());
            worker.send("H");
            assertOver(over);
            assertTrue(worker.isClosed());
        }
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            AskedExchange asking = AskedExchange.get(session, "/");
            worker.head();
            worker.answer(200, "ok");
            assertTrue(asking.isReusable());
            session.rest();
            CountDownLatch over = over(session);
            worker.send("H");
            assertOver(over);
            assertTrue(worker.isClosed());
        }
        assertEquals(List.of(), complaints.heard());
    }

    @Test
    void aWorkerThatLeavesInTheMiddleOfItsAnswerHasFailed() throws Exception {
        for (String begun : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "HTTP/1.1 200 OK\r\nContent-",
                "")) {
            try (Worker worker = dial()) {
                UpgradedSession session = next();
                CountDownLatch over = over(session);
                AskedExchange asking = AskedExchange.get(session, "/");
                worker.head();
                worker.send(begun).leave();
                assertInstanceOf(IOException.class, asking.failure());
                assertOver(over);
            }
        }
        assertEquals(List.of(), complaints.heard());
    }

    @Test
    void aWorkerThatVanishesWhileItIsGivenABodyHasFailed() throws Exception {
        try (Worker worker = Worker.dial(address(), 64 * 1024)) {
            UpgradedSession session = next();
            CountDownLatch over = over(session);
            AskedExchange.LongBody body = new AskedExchange.LongBody(LONG);
            AskedExchange asking = AskedExchange.post(session, body, LONG);
            worker.head();
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(200))
                    .until(() -> before.getAndSet(body.written()) == body.written());
            worker.vanish();
            assertInstanceOf(IOException.class, asking.failure());
            assertOver(over);
            assertCalm();
        }
    }

    @Test
    void anExchangeThatIsAbortedClosesAWorkerThatTakesNothing() throws Exception {
        try (Worker worker = Worker.dial(address(), 64 * 1024)) {
            UpgradedSession session = next();
            CountDownLatch over = over(session);
            AskedExchange.LongBody body = new AskedExchange.LongBody(LONG);
            AskedExchange asking = AskedExchange.post(session, body, LONG);
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(200))
                    .until(() -> body.written() > 0 && before.getAndSet(body.written()) == body.written());
            asking.abort();
            assertOver(over);
            await("it is closed").until(() -> isRefused(worker));
            assertCalm();
        }
    }

    /** A client that does not read learns by sending. */
    private static boolean isRefused(Worker worker) {
        try {
            worker.send("x");
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    @Test
    void aWorkerThatIsSilentForTooLongHasFailed() throws Exception {
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            AskedExchange asking = AskedExchange.within(Duration.ofMillis(300), session);
            worker.head();
            assertInstanceOf(SocketTimeoutException.class, asking.failure());
            assertTrue(worker.isClosed());
        }
    }

    @Test
    void aWorkerThatRestsMayBeSilent() throws Exception {
        Duration silence = Duration.ofMillis(500);
        try (Worker worker = dial()) {
            UpgradedSession session = next();
            AskedExchange asking = AskedExchange.within(silence, session);
            worker.head();
            worker.answer(200, "ok");
            assertTrue(asking.isReusable());
            session.rest();
            await("it stays").during(silence.multipliedBy(3)).until(session::isOpen);
        }
    }

    @Test
    void manyIdleWorkersCostNoThreadAndAreNotCut() throws Exception {
        List<Worker> idle = new ArrayList<>();
        try {
            idle.add(dial());
            next();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            List<UpgradedSession> open = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                idle.add(dial());
                open.add(next());
            }
            // Longer than Tomcat waits here for a client that sends no request.
            CountDownLatch late = new CountDownLatch(1);
            timer.after(Duration.ofSeconds(5), late::countDown);
            assertTrue(late.await(60, TimeUnit.SECONDS));
            int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
            assertTrue(more < 2 * Container.THREADS, more + " threads more");
            assertTrue(open.stream().allMatch(UpgradedSession::isOpen));
            AskedExchange asking = AskedExchange.get(open.get(MANY - 1), "/");
            idle.get(MANY).head();
            idle.get(MANY).answer(200, "awake");
            assertEquals("200 awake", asking.answer());
        } finally {
            for (Worker worker : idle) worker.close();
        }
    }

    @Test
    void manyWorkersAnswerManyRequestsAtOnce() throws Exception {
        int several = 40, each = 100;
        List<CompletableFuture<Void>> working = new ArrayList<>();
        List<CompletableFuture<Void>> asking = new ArrayList<>();
        for (int i = 0; i < several; i++) {
            Worker worker = dial();
            UpgradedSession session = next();
            working.add(run(() -> {
                for (int job = 0; job < each; job++) {
                    String head = worker.head();
                    worker.answer(200, head.substring(0, head.indexOf(" HTTP")));
                }
            }));
            asking.add(run(() -> {
                for (int job = 0; job < each; job++) {
                    AskedExchange one = AskedExchange.get(session, "/job/" + job);
                    assertEquals("200 GET /job/" + job, one.answer());
                    session.rest();
                }
            }));
        }
        for (CompletableFuture<Void> one : asking) one.get(60, TimeUnit.SECONDS);
        for (CompletableFuture<Void> one : working) one.get(60, TimeUnit.SECONDS);
        assertEquals(List.of(), complaints.heard());
    }

    private interface Doing {
        void run() throws Exception;
    }

    private CompletableFuture<Void> run(Doing doing) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        doing.run();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                workers);
    }
}
