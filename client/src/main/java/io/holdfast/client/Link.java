// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A connection on which this worker is asked. Whenever nothing of a request is to be read, the next byte is waited for, so that the end
 * of the connection is noticed: it is the first of the next request, or says that nobody wants the response any more.
 */
final class Link {
    /** What a hub that is asking at this moment passes over, while any byte tells one that is not that this worker leaves. */
    private static final String NOT_YET = "HTTP/1.1 102 Processing";

    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final int END = -1, PIECE = 16 * 1024;
    private static final long MOST_DRAINED = 64 << 20;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Executor pool;
    private final Timer timer;
    private volatile CompletableFuture<Integer> ahead = new CompletableFuture<>();

    private boolean idle; // guarded by this, as is the next
    private boolean leaving;

    Link(Socket socket, Executor pool, Timer timer) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.pool = pool;
        this.timer = timer;
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

    /** Waits for the next byte, as whoever reads this connection. */
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

    /** The byte that is being waited for; -1 at the end. */
    CompletionStage<Integer> ahead() {
        return ahead;
    }

    /** Waits for a request, unless it may not: its first byte, or -1 if there will be none. */
    int idle(BooleanSupplier mayTake) {
        synchronized (this) {
            idle = true;
        }
        // Whoever ends the waiting may have looked before.
        if (!mayTake.getAsBoolean()) leave();
        int first = ahead.join();
        synchronized (this) {
            idle = false;
        }
        return first;
    }

    /** Says that nothing more is to come, unless a request is being performed; one that is on its way will be. */
    void leave() {
        synchronized (this) {
            if (!idle || leaving) return;
            leaving = true;
            try {
                Http1.write(out, NOT_YET, List.of());
            } catch (IOException e) {
                Sockets.close(socket);
            }
        }
        timer.after(FAREWELL, this::part);
    }

    private void part() {
        synchronized (this) {
            if (!idle || !leaving) return;
        }
        Sockets.close(socket);
    }

    void close() {
        Sockets.close(socket);
    }

    /** Closes it when the other side has taken what was sent, and has perhaps not noticed that the rest of its own is of no use. */
    void closeAfterAnswer() {
        try {
            socket.setSoTimeout(Math.toIntExact(FAREWELL.toMillis()));
            socket.shutdownOutput();
            long drained = 0;
            for (int read = 0; read >= 0 && drained < MOST_DRAINED; drained += read) read = in.read(new byte[PIECE]);
        } catch (IOException e) {
            // It is gone already.
        }
        close();
    }
}
