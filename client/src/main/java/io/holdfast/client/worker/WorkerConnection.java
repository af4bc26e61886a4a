// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.http.Transport;
import io.holdfast.client.http1.HeadWriter;
import io.holdfast.client.http1.Sockets;
import io.holdfast.client.time.Timer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A connection on which members send requests to this worker. While no request is being read, a thread waits for the next byte: the first
 * of the next request, or the end of the connection. During a request, the end means that the response is no longer wanted.
 */
final class WorkerConnection {
    /** A hub that is about to send a request ignores this interim response; any other hub learns that this worker leaves. */
    private static final String LEAVING = "HTTP/1.1 102 Processing";

    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final int END = -1, PIECE = 16 * 1024;
    private static final long MOST_DRAINED = 64 << 20;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Executor pool;
    private final Timer timer;
    private volatile CompletableFuture<Integer> ahead = new CompletableFuture<>();

    private boolean isIdle, isLeaving; // guarded by this

    WorkerConnection(Socket socket, Transport transport) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.pool = transport.pool();
        this.timer = transport.clocks().timer();
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    Socket socket() {
        return socket;
    }

    /** Begins to wait for the next byte. Until it has come, no other thread may read. */
    void lookAhead() {
        CompletableFuture<Integer> next = new CompletableFuture<>();
        ahead = next;
        pool.execute(() -> {
            try {
                next.complete(in.read());
            } catch (IOException e) {
                next.complete(END);
            }
        });
    }

    /** The byte for which a thread waits; -1 at the end. */
    CompletionStage<Integer> ahead() {
        return ahead;
    }

    /** Waits for a request: its first byte, or -1 at the end. */
    int awaitRequest(BooleanSupplier mayTake) {
        synchronized (this) {
            isIdle = true;
        }
        // Race: this thread against leave(), which may have come before; then this thread leaves.
        if (!mayTake.getAsBoolean()) leave();
        int first = ahead.join();
        synchronized (this) {
            isIdle = false;
        }
        return first;
    }

    /** Announces that this worker leaves, unless it has a request. It still performs a request that is on its way. */
    void leave() {
        synchronized (this) {
            if (!isIdle || isLeaving) return;
            isLeaving = true;
            try {
                new HeadWriter(LEAVING).writeTo(out);
            } catch (IOException e) {
                Sockets.close(socket);
            }
        }
        timer.after(FAREWELL, this::closeIfIdle);
    }

    private void closeIfIdle() {
        synchronized (this) {
            if (!isIdle || !isLeaving) return;
        }
        close();
    }

    void close() {
        Sockets.close(socket);
    }

    /** Closes it after the peer has received everything. The peer may still send the rest of a body; that is read and dropped. */
    void closeAfterAnswer() {
        try {
            socket.setSoTimeout(Math.toIntExact(FAREWELL.toMillis()));
            socket.shutdownOutput();
            long drained = 0;
            for (int read = 0; read >= 0 && drained < MOST_DRAINED; drained += read) read = in.read(new byte[PIECE]);
        } catch (IOException e) {
            // The connection is broken, and there is nothing left to wait for.
        }
        close();
    }
}
