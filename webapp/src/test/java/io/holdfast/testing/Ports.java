// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports on loopback, each given to one caller. They come from a block that this JVM has leased. No other JVM with tests has ports of
 * the same block, whether it belongs to this build or to another build on this machine.
 *
 * <p>The lease is a listening socket on the first port of the block. The system closes the socket when the JVM ends, in whatever way. All
 * blocks lie below the ports that Linux gives to connections.
 */
public final class Ports {
    private static final int FIRST = 20_000, SIZE = 500, BLOCKS = 25;

    private static final ServerSocket LEASE = lease();
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Ports() {}

    private static ServerSocket lease() {
        // JVMs that follow each other begin at different blocks: processes of the last one may still be ending.
        int begin = (int) (ProcessHandle.current().pid() % BLOCKS);
        for (int i = 0; i < BLOCKS; i++)
            try {
                return listen(FIRST + (begin + i) % BLOCKS * SIZE);
            } catch (IOException leased) {
                // Another JVM has this block.
            }
        throw new IllegalStateException(
                "All " + BLOCKS + " blocks of ports from " + FIRST + " on are leased to other JVMs with tests");
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    /** The number of this JVM's block. No other JVM with tests on this machine has the same number at the same time. */
    public static int block() {
        return (LEASE.getLocalPort() - FIRST) / SIZE;
    }

    /** A port on which no program listens. */
    public static int free() {
        for (int tries = 1; tries < SIZE; tries++) {
            int port = LEASE.getLocalPort() + 1 + NEXT.getAndIncrement() % (SIZE - 1);
            if (isFree(port)) return port;
        }
        throw new IllegalStateException("No port of the block from " + LEASE.getLocalPort() + " on is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = listen(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
