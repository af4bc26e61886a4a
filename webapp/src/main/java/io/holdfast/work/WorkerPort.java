// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.config.PortFault;
import io.holdfast.flow.Connections;
import io.holdfast.time.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.DefaultListeningIOReactor;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The port for workers that connect without HTTP. A worker sends nothing at first. It then gets requests like a server. */
final class WorkerPort implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WorkerPort.class.getName());
    private static final String QUEUE = "default";
    /** A worker whose machine is gone is noticed after {@code KEEP_IDLE + KEEP_COUNT * KEEP_INTERVAL} seconds. */
    private static final int KEEP_IDLE = 10, KEEP_INTERVAL = 5, KEEP_COUNT = 3;

    private static final int BACKLOG = 1_024;
    private static final int START_SECONDS = 5;

    private final DefaultListeningIOReactor reactor;
    private final Semaphore places;

    /**
     * Opens the port.
     *
     * @param places one permit for each connected worker, by this port or by an upgrade
     * @throws IllegalStateException if the port is taken
     */
    WorkerPort(Matchmaker matchmaker, WorkOptions options, Semaphore places, int threads) {
        this.places = places;
        AtomicInteger dispatcher = new AtomicInteger();
        this.reactor = new DefaultListeningIOReactor(
                (session, attachment) -> new Accepted(matchmaker, session),
                IOReactorConfig.custom()
                        .setIoThreadCount(threads)
                        // Connections of a killed process may still be closing when the next process starts.
                        .setSoReuseAddress(true)
                        .setBacklogSize(BACKLOG)
                        .setTcpNoDelay(true)
                        .setSoKeepAlive(true)
                        .setTcpKeepIdle(KEEP_IDLE)
                        .setTcpKeepInterval(KEEP_INTERVAL)
                        .setTcpKeepCount(KEEP_COUNT)
                        .build(),
                task -> Threads.daemon(task, "holdfast-work-" + dispatcher.incrementAndGet()),
                task -> Threads.daemon(task, "holdfast-work-listen"),
                null,
                null,
                null,
                null);
        reactor.start();
        listen(new InetSocketAddress(options.address(), options.port()));
    }

    private void listen(InetSocketAddress address) {
        Future<ListenerEndpoint> listening = reactor.listen(address, null, null);
        try {
            listening.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw PortFault.of(
                    "Worker port",
                    address.getPort(),
                    address.getHostString(),
                    String.valueOf(why.getMessage()),
                    "work.port",
                    "--worker-port");
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while opening the worker port");
        }
    }

    @Override
    public void close() {
        reactor.close(CloseMode.IMMEDIATE);
        try {
            reactor.awaitShutdown(TimeValue.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A connection that was accepted. If bytes or the end come while it is idle, it is not a worker any more. */
    private final class Accepted implements IOEventHandler {
        private final ConnectionOrigin worker;
        private final IOEventHandler http;
        private final AtomicBoolean admitted = new AtomicBoolean();

        Accepted(Matchmaker matchmaker, ProtocolIOSession session) {
            this.worker = new ConnectionOrigin(
                    matchmaker, QUEUE, session, () -> session.setSocketTimeout(Timeout.DISABLED), true);
            this.http = Connections.http1().createHandler(session, null);
        }

        @Override
        public void connected(IOSession session) throws IOException {
            http.connected(session);
            admitted.set(places.tryAcquire());
            if (admitted.get()) worker.idle();
            else session.close(CloseMode.IMMEDIATE);
        }

        @Override
        public void inputReady(IOSession session, @Nullable ByteBuffer bytes) throws IOException {
            if (worker.leave()) session.close(CloseMode.IMMEDIATE);
            else http.inputReady(session, bytes);
        }

        @Override
        public void outputReady(IOSession session) throws IOException {
            http.outputReady(session);
        }

        @Override
        public void timeout(IOSession session, Timeout timeout) throws IOException {
            http.timeout(session, timeout);
        }

        @Override
        public void exception(IOSession session, Exception cause) {
            if (!(cause instanceof IOException)) LOG.log(Level.ERROR, "A connection of a worker failed", cause);
            http.exception(session, cause);
        }

        @Override
        public void disconnected(IOSession session) {
            if (admitted.compareAndSet(true, false)) places.release();
            worker.onClosed();
            http.disconnected(session);
        }
    }
}
