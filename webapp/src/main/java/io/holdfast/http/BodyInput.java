// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * The bytes of a request's body, read without blocking: by any thread, one at a time. Knows how each server lets one know that it
 * was all.
 */
final class BodyInput {
    /** That was all. */
    static final int END = -1;

    /** There is nothing yet: the server will call. */
    static final int NOTHING = 0;

    private final ServletInputStream in;
    private final long length;
    private final boolean payara;
    /** Whether a body of known length is over with its last byte, not with a mark that follows. */
    private final boolean measured;

    private volatile long come;
    /** Whether the server will call: nothing may be asked before it does. */
    private volatile boolean waiting = true;

    /** Whether the server has received all of it, which on Payara does not mean that it has given all of it. */
    private volatile boolean received;

    BodyInput(HttpServletRequest request) throws IOException {
        this(
                request.getInputStream(),
                request.getContentLengthLong(),
                request.getProtocol().startsWith("HTTP/1"),
                ServerKind.of(request) == ServerKind.PAYARA);
    }

    BodyInput(ServletInputStream in, long length, boolean inLines, boolean payara) {
        this.in = in;
        this.length = length;
        this.measured = inLines && length >= 0;
        this.payara = payara;
    }

    /** Has the server call when there is something to read, and at the end. */
    void listen(ReadListener listener) {
        received = payara && in.isFinished();
        in.setReadListener(listener);
    }

    /** The server has called: there is something. */
    void onAvailable() {
        waiting = false;
    }

    /** The server has called: no more will come. */
    void onAllReceived() {
        received = true;
        waiting = false;
    }

    /** Whether there is nothing to do before the server calls. */
    boolean isWaiting() {
        return waiting;
    }

    /** How many bytes have been read. */
    long come() {
        return come;
    }

    /** Reads some bytes and says how many; or {@link #NOTHING}, or {@link #END}. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time; others only look
    int read(byte[] piece) throws IOException {
        while (!waiting) {
            if (received) {
                if (!hasMore()) return END;
            } else if (!isReady()) {
                // Not every server but Payara says so after every body.
                return !payara && in.isFinished() ? END : NOTHING;
            }
            int bytes = in.read(piece);
            if (bytes > 0) come += bytes;
            // Tomcat is ready, too, when but the frame of a chunk has come: then it reads nothing, and has to be asked
            // again.
            if (bytes != 0) return bytes;
        }
        return NOTHING;
    }

    private boolean isReady() {
        // Payara says by itself that this was all. Asked for more, it would read on, and take the next request for a
        // part of this.
        if (payara && measured && come == length) return false;
        // Before it is asked: the server may be faster than its answer.
        waiting = true;
        if (!in.isReady()) return false;
        waiting = false;
        return true;
    }

    private boolean hasMore() throws IOException {
        if (!payara) return false;
        return length < 0 ? in.available() > 0 : come < length;
    }
}
