// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.function.Consumer;

/**
 * How a response is given back to its server, after which nothing of ours may touch it: what the Servlet API leaves open, and what
 * one server does better in another way.
 */
final class Parting {
    static final String CUT = "The stream was cut";
    private static final long AT_ONCE_MILLIS = 1;
    private static final int JETTY_ABORTS = -1;

    private Parting() {}

    static void complete(AsyncContext context) {
        handBack(context, AsyncContext::complete);
    }

    /**
     * Breaks off a stream, stuck with a chunk or not. There is no call for it, but a request that is dispatched, held again and not
     * answered in time has failed, and a server closes the connection of a response that fails when it has begun. Undertow then
     * tries to flush the chunk and logs the failure; to close the response before, in vain, may keep it from the dispatch.
     */
    static void breakOff(AsyncContext context) {
        handBack(context, AsyncContext::dispatch);
    }

    /** The other half of it, on the request that was dispatched. */
    static void fail(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServerKind server = ServerKind.of(request);
        if (server == ServerKind.JETTY) {
            // It would end the response as if that were whole; for this, which is no status, it breaks it off.
            response.sendError(JETTY_ABORTS);
            return;
        }
        AsyncContext held = request.startAsync();
        if (server == ServerKind.TOMCAT) {
            // After a timeout it would wait for the client to take the rest, but not after a listener has failed, which
            // is called when the client takes it, or has not for the connector's connectionTimeout.
            held.setTimeout(0);
            response.getOutputStream().setWriteListener(new Failing());
        } else {
            held.setTimeout(AT_ONCE_MILLIS);
        }
    }

    static boolean isUndertow(ServletOutputStream out) {
        return out.getClass().getName().startsWith("io.undertow.");
    }

    /** Closes an upgraded connection, at once: Undertow would wait until the peer has taken everything, in a thread that may wait. */
    static void close(WebConnection connection, ServletOutputStream out) throws Exception {
        if (!isUndertow(out)) {
            connection.close();
            return;
        }
        Method allowWaiting = Class.forName(
                        "org.xnio.Xnio", false, out.getClass().getClassLoader())
                .getMethod("allowBlocking", boolean.class);
        Object before = allowWaiting.invoke(null, false);
        try {
            connection.close();
        } finally {
            allowWaiting.invoke(null, before);
        }
    }

    private static void handBack(AsyncContext context, Consumer<AsyncContext> how) {
        Thread thread = Thread.currentThread();
        ClassLoader ours = thread.getContextClassLoader();
        // The server may start a thread of its pool here, which would inherit the application's class loader and keep
        // it.
        thread.setContextClassLoader(context.getClass().getClassLoader());
        try {
            how.accept(context);
        } catch (IllegalStateException ended) {
            // The container completed it after the failed write, as Tomcat does.
        } finally {
            thread.setContextClassLoader(ours);
        }
    }

    private static final class Failing implements WriteListener {

        @Override
        public void onWritePossible() throws IOException {
            throw new IOException(CUT);
        }

        @Override
        public void onError(Throwable cut) {
            // What was wanted.
        }
    }
}
