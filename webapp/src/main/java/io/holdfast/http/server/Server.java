// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Enumeration;
import java.util.function.Consumer;

/** The server that the application runs on: how bodies are read, responses ended and connections upgraded there. */
public class Server {
    private static final Logger LOG = System.getLogger(Server.class.getName());
    private static final long AT_ONCE_MILLIS = 1;
    /** The heap that a held request takes on Undertow, in bytes. */
    public static final int HELD_BYTES = 7 << 10;
    /** The same on Tomcat with the settings of tomcat-conf, and at least that on servers that were not measured. Most of it is buffers. */
    public static final int HELD_BYTES_WITH_BUFFERS = 44 << 10;

    Server() {}

    /** The server of this application, by its own words. */
    public static Server of(ServletContext context) {
        String info = context.getServerInfo();
        if (info.startsWith("Apache Tomcat")) return new TomcatServer();
        if (info.startsWith("jetty/")) return new JettyServer();
        if (info.startsWith("Payara")) return new PayaraServer();
        // WildFly has a name of its own there.
        if (context.getClass().getName().startsWith("io.undertow.")) return new UndertowServer();
        return new Server();
    }

    /** The heap that a held request takes, in bytes, the server's own part included. */
    public int heldBytes() {
        return HELD_BYTES_WITH_BUFFERS;
    }

    /** The heap that the head of a held request takes, in bytes; 0 where it is in the buffers that {@link #heldBytes} counts. */
    public int headBytes(HttpServletRequest request) {
        return 0;
    }

    /** The same where names and values are kept as text. With what is kept of each beside it, they take a third more. */
    static int textBytes(HttpServletRequest request) {
        String query = request.getQueryString();
        int length = request.getRequestURI().length() + (query == null ? 0 : query.length());
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); )
                length += name.length() + values.nextElement().length();
        }
        return length + length / 3;
    }

    /** Whether the server itself says that the request comes through a proxy, whose headers it may have removed. */
    public boolean isOnBehalf(HttpServletRequest request) {
        return false;
    }

    /** The body of a request. */
    public RequestInput input(HttpServletRequest request) throws IOException {
        return new RequestInput(request.getInputStream());
    }

    /** The output of a held response, whose head must be set. */
    public ResponseOutput output(AsyncContext context) throws IOException {
        return new ResponseOutput(context, this);
    }

    /** Has the response sent whenever it is flushed, whatever its length. */
    public void unbuffer(HttpServletResponse response) {
        // Every server but Undertow does.
    }

    /**
     * Has the end of the response marked, whose length is unknown, so that no client takes a part of it for all. A client of HTTP/1.0
     * takes any end of the connection for the end, unless the connection is reset.
     */
    public void markEnd(HttpServletRequest request, HttpServletResponse response) {
        // Tomcat and Payara send chunks, also if the connection is to be closed after the response.
        if (!response.containsHeader("Content-Length")) resetUnlessWhole(request, true);
    }

    /** Has the connection of a client of HTTP/1.0 reset when the server closes it, until the response is whole. */
    final void resetUnlessWhole(HttpServletRequest request, boolean reset) {
        if (!request.getProtocol().equals("HTTP/1.0")) return;
        try {
            setReset(request, reset);
        } catch (ReflectiveOperationException | RuntimeException otherwise) {
            LOG.log(Level.DEBUG, "A client of HTTP/1.0 is not told that a response breaks off", otherwise);
        }
    }

    /** Has the connection of the request reset when the server closes it, or closed in order again. */
    void setReset(HttpServletRequest request, boolean atTheEnd) throws ReflectiveOperationException {
        // The Servlet API knows no connections.
    }

    /** Has a response of unknown length sent in chunks, if its client knows them. */
    static void sendInChunks(HttpServletRequest request, HttpServletResponse response) {
        if (request.getProtocol().equals("HTTP/1.1") && !response.containsHeader("Content-Length"))
            response.setHeader("Transfer-Encoding", "chunked");
    }

    /** The most bytes that the head of a response to this request may have. The client would get nothing instead of a longer one. */
    public int longestHead(HttpServletRequest request) {
        return Integer.MAX_VALUE;
    }

    /** The same response, whose media type is sent as it is spelled, where that is possible. */
    public HttpServletResponse spelling(HttpServletResponse response) {
        return response;
    }

    /** Keeps a length from being invented for the response to a {@code HEAD}, whose head is set. */
    public void endHead(HttpServletResponse response) throws IOException {
        // Tomcat invents none.
    }

    /** Gives the request back as answered; it may not be touched afterwards. */
    public static void complete(AsyncContext context) {
        handBack(context, AsyncContext::complete);
    }

    /** Gives the request back to be {@linkplain #fail failed}, stuck with a chunk or not; it may not be touched afterwards. */
    static void dispatch(AsyncContext context) {
        handBack(context, AsyncContext::dispatch);
    }

    /**
     * Breaks off a response that was dispatched. The Servlet API has no call for it. But a request that is held again and not
     * answered in time has failed, and a server closes the connection of a response that fails when it has begun. Undertow then tries
     * to flush the chunk and logs the failure; to close the response before, in vain, may keep it from the dispatch.
     */
    public void fail(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.startAsync().setTimeout(AT_ONCE_MILLIS);
    }

    /** Has the connection of this request given to the user when the response, which is still to be set, has been sent. */
    public final void upgrade(HttpServletRequest request, UpgradeHandler.Terms terms)
            throws IOException, ServletException {
        request.upgrade(upgradeHandler()).agree(terms);
    }

    /** The class that takes a connection over; the server makes an instance of it. */
    Class<? extends UpgradeHandler> upgradeHandler() {
        return ServletUpgrade.class;
    }

    /** Closes the connection of an answered request, of whose body too much is missing; it may not be touched afterwards. */
    public final void cut(AsyncContext context) {
        if (closes((HttpServletRequest) context.getRequest())) complete(context);
        else dispatch(context);
    }

    /** Closes the connection of this request by itself, if a request that fails might wait for the rest of its body. */
    boolean closes(HttpServletRequest request) {
        return false;
    }

    private static void handBack(AsyncContext context, Consumer<AsyncContext> how) {
        Thread thread = Thread.currentThread();
        ClassLoader ours = thread.getContextClassLoader();
        // The server may start a thread of its pool here. That thread would inherit the application's class loader,
        // and keep it.
        thread.setContextClassLoader(context.getClass().getClassLoader());
        try {
            how.accept(context);
        } catch (IllegalStateException ended) {
            // The server completed it after the failed write, as Tomcat does.
        } finally {
            thread.setContextClassLoader(ours);
        }
    }
}
