// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Takes a connection over by the Servlet API, as every server but Tomcat gives it. */
public class ServletUpgrade extends UpgradeHandler {
    private static final Logger LOG = System.getLogger(ServletUpgrade.class.getName());
    private static final int PIECE = 16 * 1024;

    private volatile @Nullable Connection connection;

    @Override
    public final void init(WebConnection given) {
        Terms agreed = terms();
        try {
            Connection mine = connection(given, agreed);
            connection = mine;
            agreed.user().accept(mine);
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "An upgraded connection was gone at once", gone);
        }
    }

    Connection connection(WebConnection given, Terms agreed) throws IOException {
        return new Connection(given, agreed);
    }

    @Override
    public final void destroy() {
        Connection mine = connection;
        if (mine != null) mine.onDestroy();
    }

    /** A connection whose streams the server keeps. */
    static class Connection implements Upgraded {
        private final WebConnection connection;
        private final ServletInputStream in;
        private final ServletOutputStream out;
        private final Terms terms;
        private final AtomicReference<@Nullable Listener> listener = new AtomicReference<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        /** Whether the server will call, as it does at first; until it does, it is not asked again. */
        private volatile boolean awaitsInput = true, awaitsOutput = true;

        private volatile boolean last, gone;
        /** Read at once: Payara may forget what is there when the peer closes. */
        private volatile ByteBuffer received = ByteBuffer.allocate(0);

        private boolean ended, unsent; // of the thread that reads or writes

        Connection(WebConnection connection, Terms terms) throws IOException {
            this.connection = connection;
            this.in = connection.getInputStream();
            this.out = connection.getOutputStream();
            this.terms = terms;
        }

        @Override
        public void listen(Listener told) {
            listener.set(told);
            in.setReadListener(new Input());
            out.setWriteListener(new Output());
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            if (ended) return -1;
            if (!to.hasRemaining()) return 0;
            if (!received.hasRemaining() && !hasInput()) return ended ? -1 : 0;
            ByteBuffer from = received;
            int length = Math.min(from.remaining(), to.remaining());
            to.put(to.position(), from, from.position(), length).position(to.position() + length);
            from.position(from.position() + length);
            return length;
        }

        private boolean hasInput() throws IOException {
            if (awaitsInput) return false;
            if (last || gone) {
                ended = last;
                if (!last) throw new ClosedChannelException();
                return false;
            }
            // Race: the server's call against the answer to this question; the call clears the flag, which is set
            // before.
            awaitsInput = true;
            try {
                if (in.isReady()) {
                    awaitsInput = false;
                    return take();
                }
                ended = in.isFinished() && in.available() == 0;
            } catch (RuntimeException recycled) {
                // Payara has recycled its streams, and is about to report why.
                LOG.log(Level.DEBUG, "An upgraded connection is gone", recycled);
            }
            return false;
        }

        /** Reads the bytes that are there, of which a server keeps a limited number. */
        private boolean take() throws IOException {
            byte[] bytes = new byte[Math.max(1, in.available())];
            int length = in.read(bytes);
            if (length < 0) ended = true;
            else received = ByteBuffer.wrap(bytes, 0, length);
            return length > 0;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int before = from.remaining();
            while (from.hasRemaining() && takesOutput()) {
                byte[] piece = new byte[Math.min(PIECE, from.remaining())];
                from.get(piece);
                unsent = true;
                // Undertow takes a whole array even if it is told to take a part.
                out.write(piece);
            }
            return before - from.remaining();
        }

        @Override
        public boolean flush() throws IOException {
            if (!unsent) return true;
            if (!takesOutput()) return false;
            unsent = false;
            out.flush();
            return true;
        }

        private boolean takesOutput() throws IOException {
            if (gone) throw new ClosedChannelException();
            if (awaitsOutput) return false;
            awaitsOutput = true;
            if (!out.isReady()) return false;
            awaitsOutput = false;
            return true;
        }

        @Override
        public Executor executor(Executor otherwise) {
            return otherwise;
        }

        /** The server calls, on this thread. */
        void onCall() {
            // Only Undertow has a thread for each connection.
        }

        /** The server has reported that writing failed. */
        void onWriteFailed() {
            // Only Undertow takes no notice of it itself.
        }

        /** Closes the connection at once. */
        void close(WebConnection open) throws Exception {
            open.close();
        }

        @Override
        public final void close() {
            if (!closed.compareAndSet(false, true)) return;
            listener.set(null);
            try {
                close(connection);
            } catch (Exception gone) {
                LOG.log(Level.DEBUG, "An upgraded connection was gone before it was closed", gone);
            }
        }

        @Override
        public SocketAddress remoteAddress() {
            return terms.remote();
        }

        @Override
        public SocketAddress localAddress() {
            return terms.local();
        }

        private void fail(Throwable why) {
            Listener told = listener.getAndSet(null);
            if (told != null) told.broken(why instanceof IOException io ? io : new IOException(why));
        }

        /** The server has closed the connection: its streams are another connection's from now on. */
        final void onDestroy() {
            gone = true;
            awaitsInput = false;
            awaitsOutput = false;
            Listener told = listener.get();
            if (told == null) return;
            told.readable();
            told.writable();
        }

        private final class Input implements ReadListener {

            @Override
            public void onDataAvailable() throws IOException {
                onCall();
                // Undertow also calls unasked, while earlier bytes are not read yet.
                if (!received.hasRemaining() && in.isReady()) take();
                tell();
            }

            @Override
            public void onAllDataRead() {
                last = true;
                tell();
            }

            @Override
            public void onError(Throwable why) {
                // Payara reports the end in this way.
                if (why instanceof EOFException) onAllDataRead();
                else fail(why);
            }

            private void tell() {
                awaitsInput = false;
                Listener told = listener.get();
                if (told != null) told.readable();
            }
        }

        private final class Output implements WriteListener {

            @Override
            public void onWritePossible() {
                onCall();
                awaitsOutput = false;
                Listener told = listener.get();
                if (told != null) told.writable();
            }

            @Override
            public void onError(Throwable why) {
                fail(why);
                onWriteFailed();
            }
        }
    }
}
