// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection over as Tomcat gives it to WebSocket. By the Servlet API, Tomcat would report bytes without a pause as long as
 * they are not read, and would close a connection only when its peer sends something.
 */
public final class TomcatUpgrade extends UpgradeHandler implements InternalHttpUpgradeHandler {
    private volatile @Nullable SocketWrapperBase<?> socket;
    private volatile @Nullable Connection connection;

    @Override
    public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
        socket = wrapper;
    }

    @Override
    public void init(WebConnection given) {
        Terms agreed = terms();
        SocketWrapperBase<?> mine = socket;
        if (mine == null) throw new IllegalStateException("The request is still being answered");
        Connection opened = new Connection(mine, agreed);
        connection = opened;
        within(() -> agreed.user().accept(opened));
    }

    /** Tomcat calls only for events that were asked for, and asks for none itself. */
    @Override
    public SocketState upgradeDispatch(SocketEvent event) {
        Connection mine = connection;
        if (mine == null) return SocketState.CLOSED;
        within(() -> mine.happened(event));
        boolean alive = event == SocketEvent.OPEN_READ || event == SocketEvent.OPEN_WRITE;
        return alive && !mine.socket.isClosed() ? SocketState.SUSPENDED : SocketState.CLOSED;
    }

    @Override
    public void destroy() {
        Connection mine = connection;
        if (mine != null) within(() -> mine.fail(new ClosedChannelException()));
    }

    private static void within(Runnable ours) {
        Thread thread = Thread.currentThread();
        ClassLoader theirs = thread.getContextClassLoader();
        thread.setContextClassLoader(TomcatUpgrade.class.getClassLoader());
        try {
            ours.run();
        } finally {
            thread.setContextClassLoader(theirs);
        }
    }

    @Override
    public void setSslSupport(@Nullable SSLSupport support) {
        // Not used here.
    }

    @Override
    public void timeoutAsync(long now) {
        // The user of the connection has timers of its own.
    }

    @Override
    public void pause() {
        // The application closes its connections when it stops.
    }

    private static final class Connection implements Upgraded {
        private static final int PIECE = 16 * 1024;

        private final SocketWrapperBase<?> socket;
        private final Terms terms;
        private final AtomicReference<@Nullable Listener> listener = new AtomicReference<>();
        private volatile boolean awaitsOutput;
        private boolean ended; // of the thread that reads or writes

        Connection(SocketWrapperBase<?> socket, Terms terms) {
            this.socket = socket;
            this.terms = terms;
        }

        @Override
        public void listen(Listener told) {
            listener.set(told);
            told.readable();
            told.writable();
        }

        void happened(SocketEvent event) {
            Listener told = listener.get();
            if (told == null) return;
            switch (event) {
                case OPEN_READ -> told.readable();
                case OPEN_WRITE -> {
                    awaitsOutput = false;
                    told.writable();
                }
                default -> fail(new ClosedChannelException());
            }
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            if (ended) return -1;
            int limit = to.limit();
            try {
                int length = socket.read(false, to);
                if (length == 0) socket.registerReadInterest();
                return length;
            } catch (EOFException end) {
                ended = true;
                return -1;
            } finally {
                // Tomcat may have lowered it.
                to.limit(limit);
            }
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int before = from.remaining(), limit = from.limit();
            while (from.hasRemaining() && takesOutput()) {
                from.limit(Math.min(limit, from.position() + PIECE));
                try {
                    socket.write(false, from);
                } finally {
                    from.limit(limit);
                }
            }
            return before - from.remaining();
        }

        /** Tomcat keeps bytes that it cannot send, and gets no more before these are sent. */
        private boolean takesOutput() throws IOException {
            return socket.canWrite() || flush();
        }

        @Override
        public boolean flush() throws IOException {
            if (awaitsOutput) return false;
            if (!socket.flush(false)) return true;
            awaitsOutput = true;
            socket.registerWriteInterest();
            return false;
        }

        @Override
        public Executor executor(Executor otherwise) {
            return otherwise;
        }

        @Override
        public void close() {
            listener.set(null);
            socket.close();
        }

        @Override
        public SocketAddress remoteAddress() {
            return terms.remote();
        }

        @Override
        public SocketAddress localAddress() {
            return terms.local();
        }

        void fail(IOException why) {
            Listener told = listener.getAndSet(null);
            if (told != null) told.broken(why);
        }
    }
}
