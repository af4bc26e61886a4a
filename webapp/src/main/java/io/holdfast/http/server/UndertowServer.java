// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Undertow, alone or in WildFly. */
final class UndertowServer extends Server {
    private static final Logger LOG = System.getLogger(UndertowServer.class.getName());
    private static final String TYPE = "Content-Type";

    @Override
    public int heldBytes() {
        return HELD_BYTES;
    }

    @Override
    public int headBytes(HttpServletRequest request) {
        return textBytes(request);
    }

    /** Bytes that Undertow cannot flush from a buffer stay there until the next chunk, and it does not report that. */
    @Override
    public void unbuffer(HttpServletResponse response) {
        response.setBufferSize(1);
    }

    @Override
    public HttpServletResponse spelling(HttpServletResponse response) {
        return new Spelling(response);
    }

    /** By itself, Undertow marks no end if the connection is to be closed after the response. */
    @Override
    public void markEnd(HttpServletRequest request, HttpServletResponse response) {
        sendInChunks(request, response);
        super.markEnd(request, response);
    }

    /** Undertow may wait for the rest of the body, without limit. */
    @Override
    boolean closes(HttpServletRequest request) {
        if (!request.getProtocol().startsWith("HTTP/1")) return false;
        try {
            Internals.of(request, "getExchange", "getConnection", "close");
            return true;
        } catch (ReflectiveOperationException | RuntimeException otherwise) {
            LOG.log(Level.DEBUG, "A connection is left to the server to be closed", otherwise);
            return false;
        }
    }

    @Override
    void setReset(HttpServletRequest request, boolean atTheEnd) throws ReflectiveOperationException {
        Object connection = Internals.of(request, "getExchange", "getConnection");
        if (connection == null) return;
        ClassLoader theirs = connection.getClass().getClassLoader();
        Class<?> option = Class.forName("org.xnio.Option", false, theirs);
        Object reset = Class.forName("org.xnio.Options", true, theirs)
                .getField("CLOSE_ABORT")
                .get(null);
        connection.getClass().getMethod("setOption", option, Object.class).invoke(connection, reset, atTheEnd);
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

    /** Undertow reads media types, and writes them in its own way. Its classes cannot be named in an application of WildFly. */
    private static final class Spelling extends HttpServletResponseWrapper {

        Spelling(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setContentType(String type) {
            try {
                super.setContentType(type);
            } catch (RuntimeException unknownCharset) {
                super.setContentType(type.split(";", 2)[0].strip());
            }
            if (type.equals(getHeader(TYPE))) return;
            try {
                Object exchange =
                        getResponse().getClass().getMethod("getExchange").invoke(getResponse());
                Object headers =
                        exchange.getClass().getMethod("getResponseHeaders").invoke(exchange);
                Class<?> name = Class.forName(
                        "io.undertow.util.HttpString",
                        false,
                        exchange.getClass().getClassLoader());
                headers.getClass()
                        .getMethod("put", name, String.class)
                        .invoke(headers, name.getConstructor(String.class).newInstance(TYPE), type);
            } catch (ReflectiveOperationException otherwise) {
                LOG.log(Level.DEBUG, "A media type is sent as the server writes it", otherwise);
            }
        }
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
            throw vanished();
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

    /** Without stack traces, because a server logs it. */
    private static UncheckedIOException vanished() {
        EOFException cause = new EOFException("The peer of an upgraded connection has vanished");
        cause.setStackTrace(new StackTraceElement[0]);
        UncheckedIOException vanished = new UncheckedIOException(cause);
        vanished.setStackTrace(new StackTraceElement[0]);
        return vanished;
    }
}
