// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** The bytes of a request's body, read without blocking: by any thread, one at a time. */
public class RequestInput {
    /** All bytes have been read. */
    public static final int END = -1;

    /** There is nothing yet: the server will call. */
    public static final int NOTHING = 0;

    private final ServletInputStream in;

    private volatile long bytesRead;
    /** Whether the server will call: nothing may be asked before it does. */
    private volatile boolean waiting = true;

    /** Whether the server has received all of the body. */
    private volatile boolean received;

    RequestInput(ServletInputStream in) {
        this.in = in;
    }

    /** Has the server call when there is something to read, and at the end. */
    public void listen(ReadListener listener) {
        in.setReadListener(listener);
    }

    /** To be called first in {@code onDataAvailable}. */
    public void onAvailable() {
        waiting = false;
    }

    /** To be called first in {@code onAllDataRead}. */
    public void onAllReceived() {
        received = true;
        waiting = false;
    }

    /** Whether there is nothing to do before the server calls. */
    public boolean isWaiting() {
        return waiting;
    }

    /** How many bytes have been read. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Reads some bytes and returns how many; or {@link #NOTHING}, or {@link #END}. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time; others only look
    public int read(byte[] piece) throws IOException {
        while (!waiting) {
            if (received) {
                if (!hasMore()) return END;
            } else if (!isReady()) {
                return isSilentlyFinished() ? END : NOTHING;
            }
            int bytes = in.read(piece);
            if (bytes > 0) bytesRead += bytes;
            // Tomcat is also ready when only the frame of a chunk has come. It reads nothing then, and must be asked a
            // second time.
            if (bytes != 0) return bytes;
        }
        return NOTHING;
    }

    private boolean isReady() {
        if (!mayAsk()) return false;
        // Race: the server's call against the answer to this question. The call clears the flag, so this thread sets
        // the flag before it asks.
        waiting = true;
        if (!in.isReady()) return false;
        waiting = false;
        return true;
    }

    void setReceived() {
        received = true;
    }

    /** Whether the server may be asked for more. */
    boolean mayAsk() {
        return true;
    }

    /** Whether the body has ended although the server did not say so, as not every server does after every body. */
    boolean isSilentlyFinished() {
        return in.isFinished();
    }

    /** Whether there are bytes to be read after the server has received all. */
    boolean hasMore() throws IOException {
        return false;
    }
}
