// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.DefaultListeningIOReactor;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.apache.hc.core5.util.TimeValue;

/** The port where workers connect, say nothing, and are then asked as a server is by its client. */
final class WorkerPort implements AutoCloseable {
    private static final String QUEUE = "default";
    /** A worker whose machine is gone is noticed after {@code KEEP_IDLE + KEEP_COUNT * KEEP_INTERVAL} seconds. */
    private static final int KEEP_IDLE = 10, KEEP_INTERVAL = 5, KEEP_COUNT = 3;

    private static final int BACKLOG = 1_024;
    private static final int START_SECONDS = 5;

    private final DefaultListeningIOReactor reactor;
    private final int most;
    private final Semaphore places;

    /**
     * Opens the port.
     *
     * @throws IllegalStateException if it is taken
     */
    WorkerPort(Hub hub, WorkOptions options, int threads) {
        this.most = options.connections();
        this.places = new Semaphore(most);
        AtomicInteger dispatcher = new AtomicInteger();
        this.reactor = new DefaultListeningIOReactor(
                (session, attachment) -> new WorkerConnection(hub, QUEUE, session, true, places),
                IOReactorConfig.custom()
                        .setIoThreadCount(threads)
                        // Connections of a process that was killed are still closing when the next one starts.
                        .setSoReuseAddress(true)
                        .setBacklogSize(BACKLOG)
                        .setTcpNoDelay(true)
                        .setSoKeepAlive(true)
                        .setTcpKeepIdle(KEEP_IDLE)
                        .setTcpKeepInterval(KEEP_INTERVAL)
                        .setTcpKeepCount(KEEP_COUNT)
                        .build(),
                task -> thread(task, "holdfast-work-" + dispatcher.incrementAndGet()),
                task -> thread(task, "holdfast-work-listen"),
                null,
                null,
                null,
                null);
        reactor.start();
        listen(new InetSocketAddress(options.address(), options.port()));
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void listen(InetSocketAddress address) {
        Future<ListenerEndpoint> listening = reactor.listen(address, null, null);
        try {
            listening.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("Worker port " + address.getPort() + " on " + address.getHostString()
                    + " cannot be used: " + why.getMessage()
                    + ". Stop what holds it, or choose another with work.port (--worker-port).");
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while opening the worker port");
        }
    }

    /** How many workers are connected. */
    int connections() {
        return most - places.availablePermits();
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
}
