// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * A connection that has been upgraded: bytes both ways in a protocol of ours, and no thread waits for any of them.
 *
 * <p>All but {@link #listen} and the addresses is for one thread at a time. What is over is still to be closed.
 */
public interface Upgraded {

    /** Who is told, from within the server and at any time: must use nothing there, and must not throw. */
    interface Listener {
        /** After a {@code read} of nothing, and once at first: there may be something, which may be the end. */
        void readable();

        /** After a {@code write} or a {@code flush} that was not taken whole, and once at first: the server takes bytes again. */
        void writable();

        /** It broke, or the server has closed it; once, and never because of {@link Upgraded#close}. */
        void broken(IOException why);
    }

    /** Begins; before, nothing can be read or written. */
    void listen(Listener listener);

    /** Reads what there is: none, and the listener will be told when there is some; or -1, when no more will come. */
    int read(ByteBuffer to) throws IOException;

    /** Writes as much as the server takes, perhaps to a buffer: how much. If that is not all, the listener will be told. */
    int write(ByteBuffer from) throws IOException;

    /** Sends what is written; false if the server takes nothing more at the moment, and the listener will be told. */
    boolean flush() throws IOException;

    /** Where it is to be read, written and closed: by one of the server's executors, or the given one. */
    Executor executor(Executor otherwise);

    /** Closes it at once: what the peer has not taken yet may be lost. */
    void close();

    /** Of the peer. */
    SocketAddress remoteAddress();

    /** Where the peer has connected to. */
    SocketAddress localAddress();
}
