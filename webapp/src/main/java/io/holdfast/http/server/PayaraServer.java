// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Payara. */
final class PayaraServer extends Server {
    private static final Logger LOG = System.getLogger(PayaraServer.class.getName());
    private static final String REQUEST = "getUnwrappedCoyoteRequest", TRANSPORT_REQUEST = "getCoyoteRequest";
    private static final String[] TO_SOCKET = {REQUEST, TRANSPORT_REQUEST, "getContext", "getConnection", "getChannel"};
    /** The last step closes the connection, or the stream of HTTP/2, at once. */
    private static final String[] TO_END = {
        REQUEST,
        TRANSPORT_REQUEST,
        "getRequest",
        "getProcessingState",
        "getHttpContext",
        "getCloseable",
        "terminateSilently"
    };

    @Override
    public RequestInput input(HttpServletRequest request) throws IOException {
        return new Input(
                request.getInputStream(),
                request.getContentLengthLong(),
                request.getProtocol().startsWith("HTTP/1"));
    }

    /** Payara adds a length of 0 to a head that is not sent yet. */
    @Override
    public void endHead(HttpServletResponse response) throws IOException {
        if (!response.containsHeader("Content-Length")) response.flushBuffer();
    }

    @Override
    void setReset(HttpServletRequest request, boolean atTheEnd) throws ReflectiveOperationException {
        Internals.setReset(Internals.of(request, TO_SOCKET), atTheEnd);
    }

    /**
     * A response that times out Payara ends as if it were whole, and keeps the connection. One whose connection is closed it gives up
     * when the dispatch ends.
     */
    @Override
    public void fail(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Internals.of(request, TO_END);
        } catch (ReflectiveOperationException | RuntimeException otherwise) {
            LOG.log(Level.WARNING, "A response that breaks off looks whole to its client", otherwise);
            super.fail(request, response);
        }
    }

    /**
     * A body on Payara, which reports that it has received all of a body before all of it is read. Asked for more after the last
     * byte, it would read on, and take the next request for a part of this body.
     */
    static final class Input extends RequestInput {
        private final ServletInputStream in;
        private final long length;
        /** Whether a body of known length ends with its last byte, not with a mark that follows. */
        private final boolean measured;

        Input(ServletInputStream in, long length, boolean http1) {
            super(in);
            this.in = in;
            this.length = length;
            this.measured = http1 && length >= 0;
        }

        @Override
        public void listen(ReadListener listener) {
            if (in.isFinished()) setReceived();
            super.listen(listener);
        }

        @Override
        boolean mayAsk() {
            return !(measured && bytesRead() == length);
        }

        /** Payara reports the end of every body by itself. */
        @Override
        boolean isSilentlyFinished() {
            return false;
        }

        @Override
        boolean hasMore() throws IOException {
            return length < 0 ? in.available() > 0 : bytesRead() < length;
        }
    }
}
