// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.http.message.Problem;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.Option;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A connection with its {@linkplain ClientBytes bytes}. A socket that is closed while its client still sends is reset, and the client may
 * lose an answer that it has not read. If an answer may be lost so, only the way to the client is closed at first. All that still comes is
 * read and dropped until the client closes its side, for a bounded time and amount.
 */
final class ClientConnection extends StreamConnection {
    private static final int PIECE = 16 * 1024, PIECES_AT_ONCE = 64;
    /** Takes what is dropped: one for each thread of the server, because thousands may be refused at once. */
    private static final ThreadLocal<ByteBuffer> DROPPED = ThreadLocal.withInitial(() -> ByteBuffer.allocate(PIECE));

    private static final long MOST_DROPPED = 64L << 20;

    private final StreamConnection socket;
    private final ClientBytes bytes;
    private volatile boolean late;
    private final Duration patience, headTime;
    private final HeadDeadline deadline;

    /**
     * Puts itself in the place of a connection that has just been accepted.
     *
     * @param times how long it waits for the client
     * @param refusals the responses, as they are sent, that refuse a request for a problem
     */
    ClientConnection(StreamConnection socket, Times times, Function<Problem, byte[]> refusals) {
        super(socket.getIoThread());
        this.socket = socket;
        this.patience = times.rest();
        this.headTime = times.head();
        deadline = new HeadDeadline(socket.getIoThread(), headTime, this::onLateHead);
        bytes = new ClientBytes(socket, deadline, refusals, new Ends());
        setSourceConduit(bytes);
        setSinkConduit(bytes.answers());
        deadline.set();
    }

    /**
     * How long a connection waits for its client.
     *
     * @param head within this time, the head of a request must come
     * @param rest for this time, it takes what the client still sends when it is closed
     */
    record Times(Duration head, Duration rest) {}

    /** Whether a request of this connection is being answered, or the connection is another protocol's. */
    boolean isInUse() {
        return bytes.isInUse();
    }

    /** The socket is closed at once: a client that dribbles a head would dribble on. */
    private void onLateHead() {
        late = true;
        String rule = "sent within " + headTime.toSeconds() + " s";
        try {
            bytes.refuseHead(Problem.of(408, "The head of the request must be " + rule + ".")
                    .and("field", "head")
                    .and("rule", rule)
                    .and("value", "a part of it"));
        } catch (IOException gone) {
            // There is nobody to be told.
        }
        IoUtils.safeClose(this);
    }

    /** The ends of the two directions, which the socket reports to nobody but itself. */
    final class Ends {
        void read() {
            readClosed();
        }

        void write() {
            writeClosed();
        }
    }

    @Override
    protected void closeAction() throws IOException {
        deadline.cancel();
        if (late || !bytes.mayLoseAnswer() || isToBeReset()) {
            socket.close();
            return;
        }
        bytes.stop();
        try {
            socket.getIoThread().execute(new Linger());
        } catch (RejectedExecutionException stopped) {
            socket.close();
        }
    }

    private boolean isToBeReset() {
        try {
            return Boolean.TRUE.equals(socket.getOption(Options.CLOSE_ABORT));
        } catch (IOException gone) {
            return true;
        }
    }

    @Override
    public SocketAddress getPeerAddress() {
        return socket.getPeerAddress();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public boolean supportsOption(Option<?> option) {
        return socket.supportsOption(option);
    }

    @Override
    public <T> @Nullable T getOption(Option<T> option) throws IOException {
        return socket.getOption(option);
    }

    @Override
    public <T> @Nullable T setOption(Option<T> option, T value) throws IOException {
        return socket.setOption(option, value);
    }

    /** Drops what still comes. Runs on the thread of the connection only. */
    private final class Linger implements Runnable {
        private final ConduitStreamSourceChannel channel = socket.getSourceChannel();
        private XnioExecutor.@Nullable Key late;
        private long dropped;

        @Override
        public void run() {
            try {
                socket.getSinkChannel().shutdownWrites();
                late = socket.getIoThread().executeAfter(this::close, patience.toMillis(), TimeUnit.MILLISECONDS);
                StreamSourceConduit source = channel.getConduit();
                source.setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(channel));
                channel.setReadListener(ready -> drop());
                channel.resumeReads();
            } catch (IOException | RuntimeException e) {
                close();
            }
        }

        private void drop() {
            try {
                for (int i = 0; i < PIECES_AT_ONCE; i++) {
                    int length = channel.read(DROPPED.get().clear());
                    if (length == 0) return;
                    dropped += length;
                    if (length < 0 || dropped > MOST_DROPPED) {
                        close();
                        return;
                    }
                }
            } catch (IOException | RuntimeException gone) {
                close();
            }
        }

        private void close() {
            XnioExecutor.Key timer = late;
            if (timer != null) timer.remove();
            IoUtils.safeClose(socket);
        }
    }
}
