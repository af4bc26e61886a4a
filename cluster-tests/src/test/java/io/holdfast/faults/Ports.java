// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Free ports on loopback, below those that the kernel gives to connections. */
final class Ports {
    private static final int FIRST = 25_000, END = 28_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger(FIRST + (int) (ProcessHandle.current().pid() * 50 % 2_000));

    private Ports() {}

    static int free() {
        for (int tries = 0; tries < END - FIRST; tries++) {
            int port = FIRST + (NEXT.getAndIncrement() - FIRST) % (END - FIRST);
            if (isFree(port)) return port;
        }
        throw new AssertionError("No port between " + FIRST + " and " + END + " is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
