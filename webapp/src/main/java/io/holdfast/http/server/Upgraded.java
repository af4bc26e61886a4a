// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * A connection that has been upgraded to a protocol of ours: bytes in both directions, for which no thread waits.
 *
 * <p>One thread at a time may use it, except for {@link #listen} and the addresses. A connection that has ended must still be closed.
 */
public interface Upgraded {

    /** Called from within the server, at any time: must not use the connection there, and must not throw. */
    interface Listener {
        /** Called once at first, and after a {@code read} of nothing: there may be bytes, or the end. */
        void readable();

        /** Called once at first, and after a {@code write} or {@code flush} that was not taken whole: the server takes bytes again. */
        void writable();

        /** Called once if the connection breaks or the server closes it, but not after {@link Upgraded#close}. */
        void broken(IOException why);
    }

    /** Begins to use the connection: nothing can be read or written before. */
    void listen(Listener listener);

    /** Reads the bytes that are there and returns how many. After 0 the listener will be called; -1 is the end. */
    int read(ByteBuffer to) throws IOException;

    /** Writes as much as the server takes, perhaps to a buffer, and returns how much. After less than all, the listener will be called. */
    int write(ByteBuffer from) throws IOException;

    /** Sends the bytes that were written; false if the server takes nothing more now: the listener will be called. */
    boolean flush() throws IOException;

    /** The executor that must read, write and close it: the server's own, or the given one. */
    Executor executor(Executor otherwise);

    /** Closes it at once: bytes that the peer has not taken may be lost. */
    void close();

    /** The address of the peer. */
    SocketAddress remoteAddress();

    /** The address that the peer has connected to. */
    SocketAddress localAddress();
}
