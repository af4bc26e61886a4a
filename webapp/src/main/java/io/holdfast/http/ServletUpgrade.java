// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

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

/** Gives a connection away by the Servlet API, as every server but Tomcat does it; made by the server. */
public final class ServletUpgrade implements Upgrade.Granted {
    private static final Logger LOG = System.getLogger(ServletUpgrade.class.getName());
    private static final int PIECE = 16 * 1024;

    private volatile Upgrade.@Nullable Terms terms;
    private volatile @Nullable Connection connection;

    @Override
    public void on(Upgrade.Terms agreed) {
        terms = agreed;
    }

    @Override
    public void init(WebConnection given) {
        Upgrade.Terms agreed = terms;
        if (agreed == null) throw new IllegalStateException("The request is still being answered");
        try {
            Connection mine = new Connection(given, agreed);
            connection = mine;
            agreed.user().accept(mine);
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "An upgraded connection was gone at once", gone);
        }
    }

    @Override
    public void destroy() {
        Connection mine = connection;
        if (mine != null) mine.destroyed();
    }

    private static final class Connection implements Upgraded {
        private final WebConnection connection;
        private final ServletInputStream in;
        private final ServletOutputStream out;
        private final Upgrade.Terms terms;
        private final AtomicReference<@Nullable Listener> listener = new AtomicReference<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        /** Whether the server will call, as it does at first: until then it is not asked again. */
        private volatile boolean awaitsInput = true, awaitsOutput = true;

        private volatile @Nullable Executor thread;
        private volatile boolean last, gone;
        /** Read as soon as it came: Payara may forget what is there when the peer closes. */
        private volatile ByteBuffer come = ByteBuffer.allocate(0);

        private boolean ended, unsent; // of whoever's turn it is

        Connection(WebConnection connection, Upgrade.Terms terms) throws IOException {
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
            if (!come.hasRemaining() && !hasInput()) return ended ? -1 : 0;
            ByteBuffer from = come;
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
            // Before it is asked: the server may be faster than its answer.
            awaitsInput = true;
            try {
                if (in.isReady()) {
                    awaitsInput = false;
                    return take();
                }
                ended = in.isFinished() && in.available() == 0;
            } catch (RuntimeException recycled) {
                // Payara has taken its streams apart, and is about to say why.
                LOG.log(Level.DEBUG, "An upgraded connection is gone", recycled);
            }
            return false;
        }

        /** Reads what there is, of which a server keeps only so much. */
        private boolean take() throws IOException {
            byte[] bytes = new byte[Math.max(1, in.available())];
            int length = in.read(bytes);
            if (length < 0) ended = true;
            else come = ByteBuffer.wrap(bytes, 0, length);
            return length > 0;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int before = from.remaining();
            while (from.hasRemaining() && takesOutput()) {
                byte[] piece = new byte[Math.min(PIECE, from.remaining())];
                from.get(piece);
                unsent = true;
                // Undertow would take the whole array, were it told to take a part.
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

        /**
         * Undertow's streams are for the connection's own thread only: elsewhere, one would be told of bytes that are not there yet.
         */
        @Override
        public Executor executor(Executor otherwise) {
            Executor own = thread;
            return own == null ? otherwise : own;
        }

        private void on(Thread server) {
            if (server instanceof Executor own) thread = own;
        }

        @Override
        public void close() {
            if (!closed.compareAndSet(false, true)) return;
            listener.set(null);
            try {
                Parting.close(connection, out);
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

        void fail(Throwable why) {
            Listener told = listener.getAndSet(null);
            if (told != null) told.broken(why instanceof IOException io ? io : new IOException(why));
        }

        /** By the server, whose streams are for somebody else from now on. */
        void destroyed() {
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
                on(Thread.currentThread());
                // Undertow also says so unasked, while what came before is not read yet.
                if (!come.hasRemaining() && in.isReady()) take();
                tell();
            }

            @Override
            public void onAllDataRead() {
                last = true;
                tell();
            }

            @Override
            public void onError(Throwable why) {
                // Payara calls the end so.
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
                on(Thread.currentThread());
                awaitsOutput = false;
                Listener told = listener.get();
                if (told != null) told.writable();
            }

            @Override
            public void onError(Throwable why) {
                fail(why);
                // Undertow would try for ever to write what it could not, and never return to its other connections.
                if (Parting.isUndertow(out)) throw new Broken();
            }
        }
    }

    /** Carries no stack trace: a server logs it. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken() {
            super("The peer of an upgraded connection has vanished", null, false, false);
        }
    }
}
