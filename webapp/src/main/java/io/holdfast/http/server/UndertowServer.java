// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Undertow, alone or in WildFly. */
final class UndertowServer extends Server {

    /** Bytes that Undertow cannot flush from a buffer stay there until the next chunk, and it does not report that. */
    @Override
    public void unbuffer(HttpServletResponse response) {
        response.setBufferSize(1);
    }

    /** By itself, Undertow marks no end if the connection is to be closed after the response. */
    @Override
    public void markEnd(HttpServletRequest request, HttpServletResponse response) {
        sendInChunks(request, response);
    }

    /** Undertow adds a length of 0 to a head that is not sent yet. A 204 that is sent now would be in chunks instead. */
    @Override
    public void endHead(HttpServletResponse response) throws IOException {
        if (!response.containsHeader("Content-Length") && response.getStatus() != HttpServletResponse.SC_NO_CONTENT)
            response.flushBuffer();
    }

    @Override
    Class<? extends UpgradeHandler> upgradeHandler() {
        return Handler.class;
    }

    /** Takes a connection over from Undertow. */
    public static final class Handler extends ServletUpgrade {

        @Override
        Connection connection(WebConnection given, Terms agreed) throws IOException {
            return new UndertowConnection(given, agreed);
        }
    }

    private static final class UndertowConnection extends ServletUpgrade.Connection {
        private volatile @Nullable Executor thread;

        UndertowConnection(WebConnection connection, UpgradeHandler.Terms terms) throws IOException {
            super(connection, terms);
        }

        @Override
        void onCall() {
            if (Thread.currentThread() instanceof Executor own) thread = own;
        }

        /** Undertow's streams are for the connection's own thread: elsewhere they report bytes that are not there yet. */
        @Override
        public Executor executor(Executor otherwise) {
            Executor own = thread;
            return own == null ? otherwise : own;
        }

        /** Undertow would try for ever to write what it could not, and never return to its other connections. */
        @Override
        void onWriteFailed() {
            throw new Broken();
        }

        /** Undertow would wait until the peer has taken everything, in a thread that may wait. */
        @Override
        void close(WebConnection connection) throws Exception {
            Method allowWaiting = Class.forName(
                            "org.xnio.Xnio", false, connection.getClass().getClassLoader())
                    .getMethod("allowBlocking", boolean.class);
            Object before = allowWaiting.invoke(null, false);
            try {
                connection.close();
            } finally {
                allowWaiting.invoke(null, before);
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
