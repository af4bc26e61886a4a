// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * The port of the standalone run: Undertow, with the {@linkplain ClientBytes bytes of each connection} checked before it reads them.
 * The class {@code Undertow} leaves no place for that, so its few lines are here, with its own sizes.
 */
final class HttpPort implements AutoCloseable {
    private static final int BACKLOG = 4096;
    private static final Duration IDLE = Duration.ofMinutes(5), LINGER = Duration.ofSeconds(30);
    private static final int THREADS_PER_PROCESSOR = 8;
    private static final long SMALL_HEAP = 128L << 20;
    private static final int BUFFER = 16 * 1024 - 20, SMALL_BUFFER = 1024, BUFFERS_PER_THREAD = 4;

    /** Undertow logs a client or worker that has left as an error, with a stack trace. Kept, or the filters would go. */
    private static final List<Logger> OF_CLIENTS =
            List.of(Logger.getLogger("io.undertow.request.io"), Logger.getLogger("org.xnio.listener"));

    static {
        for (Logger logger : OF_CLIENTS) logger.setFilter(record -> !isOfConnection(record.getThrown()));
    }

    private final XnioWorker worker;
    private final Json json = new Json();
    private final AcceptingChannel<StreamConnection> accepting;
    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();

    private static boolean isOfConnection(@Nullable Throwable thrown) {
        return thrown != null && (thrown instanceof IOException || isOfConnection(thrown.getCause()));
    }

    private HttpPort(InetSocketAddress address, int most, ClientConnection.Times times, HttpHandler handler)
            throws IOException {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        worker = Xnio.getInstance(HttpPort.class.getClassLoader())
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_IO_THREADS, threads)
                        .set(Options.WORKER_TASK_CORE_THREADS, threads * THREADS_PER_PROCESSOR)
                        .set(Options.WORKER_TASK_MAX_THREADS, threads * THREADS_PER_PROCESSOR)
                        .set(Options.TCP_NODELAY, true)
                        .set(Options.CORK, true)
                        .getMap());
        try {
            ChannelListener<AcceptingChannel<StreamConnection>> opened =
                    ChannelListeners.openListenerAdapter(listener(times, handler));
            accepting = worker.createStreamConnectionServer(
                    address,
                    opened,
                    OptionMap.builder()
                            .set(Options.WORKER_IO_THREADS, threads)
                            .set(Options.TCP_NODELAY, true)
                            .set(Options.REUSE_ADDRESSES, true)
                            .set(Options.BALANCING_TOKENS, 1)
                            .set(Options.BALANCING_CONNECTIONS, 2)
                            .set(Options.BACKLOG, BACKLOG)
                            .set(Options.CONNECTION_HIGH_WATER, most)
                            .set(Options.CONNECTION_LOW_WATER, most)
                            // Nothing is sent to an idle worker, so only TCP keep-alive notices that its machine is
                            // gone.
                            .set(Options.KEEP_ALIVE, true)
                            .getMap());
        } catch (IOException | RuntimeException e) {
            worker.shutdownNow();
            json.close();
            throw e;
        }
    }

    /**
     * Listens, with at most so many connections at once.
     *
     * @param headTime the time within which the head of a request must come
     */
    static HttpPort open(InetSocketAddress address, int most, Duration headTime, HttpHandler handler)
            throws IOException {
        return open(address, most, new ClientConnection.Times(headTime, LINGER), handler);
    }

    /** The same, with these times. */
    static HttpPort open(InetSocketAddress address, int most, ClientConnection.Times times, HttpHandler handler)
            throws IOException {
        HttpPort port = new HttpPort(address, most, times, handler);
        port.accepting.resumeAccepts();
        return port;
    }

    private ChannelListener<StreamConnection> listener(ClientConnection.Times times, HttpHandler handler) {
        boolean small = Runtime.getRuntime().maxMemory() < SMALL_HEAP;
        HttpOpenListener server = new HttpOpenListener(
                new DefaultByteBufferPool(true, small ? SMALL_BUFFER : BUFFER, -1, BUFFERS_PER_THREAD),
                OptionMap.builder()
                        .set(UndertowOptions.MAX_HEADER_SIZE, RequestFraming.LONGEST_HEAD)
                        .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) IDLE.toMillis())
                        .getMap());
        server.setRootHandler(handler);
        return connection -> {
            ClientConnection made = new ClientConnection(connection, times, this::refusal);
            connections.add(made);
            connection.getCloseSetter().set(closed -> connections.remove(made));
            server.handleEvent(made);
        };
    }

    private byte[] refusal(Problem problem) {
        OwnResponse answer = json.answer(problem);
        byte[] head = ("HTTP/1.1 " + problem.status() + " " + problem.title()
                        + "\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Type: " + answer.contentType()
                        + "\r\nContent-Length: " + answer.body().length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(head.length + answer.body().length)
                .put(head)
                .put(answer.body())
                .array();
    }

    /** The number of the port. */
    int number() {
        return accepting.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** Accepts no more connections. The others stay. */
    void stopAccepting() {
        IoUtils.safeClose(accepting);
    }

    /** Closes the connections that wait for their next request. */
    void closeIdle() {
        for (ClientConnection connection : connections) if (!connection.isInUse()) IoUtils.safeClose(connection);
    }

    /** Accepts no more connections, and closes the others. */
    @Override
    public void close() {
        stopAccepting();
        worker.shutdown();
        try {
            worker.awaitTermination();
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
        json.close();
    }
}
