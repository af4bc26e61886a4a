// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The port of a process that does not listen yet. No other program gets the port, and clients are refused the connection. */
final class ReservedPort implements AutoCloseable {
    private final Socket holder = new Socket();

    /**
     * Reserves the port.
     *
     * @throws IOException if another program uses it, or the address is not of this machine
     */
    ReservedPort(InetSocketAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(address);
        }
        // Connections of an earlier process may linger at the port. A program that listens was found above.
        holder.setReuseAddress(true);
        try {
            holder.bind(address);
            // From now on, no other program may listen there.
            holder.setReuseAddress(false);
        } catch (IOException e) {
            holder.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
