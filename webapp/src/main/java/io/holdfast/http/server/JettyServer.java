// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Jetty, which cannot upgrade by the Servlet API. */
final class JettyServer extends Server {
    private static final int ABORTS = -1;
    private static final String[] TO_SOCKET = {
        "getRequest", "getConnectionMetaData", "getConnection", "getEndPoint", "getTransport"
    };

    @Override
    public int heldBytes() {
        return 8 << 10;
    }

    @Override
    public int headBytes(HttpServletRequest request) {
        return textBytes(request);
    }

    /** By itself, Jetty marks no end if the connection is to be closed after the response. */
    @Override
    public void markEnd(HttpServletRequest request, HttpServletResponse response) {
        sendInChunks(request, response);
        super.markEnd(request, response);
    }

    @Override
    void setReset(HttpServletRequest request, boolean atTheEnd) throws ReflectiveOperationException {
        Internals.setReset(Internals.of(request, TO_SOCKET), atTheEnd);
    }

    /** Jetty adds {@code Content-Length: 0} to a head that is not sent yet. */
    @Override
    public void endHead(HttpServletResponse response) throws IOException {
        if (!response.containsHeader("Content-Length")) response.flushBuffer();
    }

    /** A response that times out Jetty ends as if it were whole; for this status, which is not one, it breaks the response off. */
    @Override
    public void fail(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.sendError(ABORTS);
    }
}
