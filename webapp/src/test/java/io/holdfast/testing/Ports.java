// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Free ports below those that the system hands out itself, each given to one caller; processes that test side by side have their own. */
public final class Ports {
    private static final int COUNT = 1_000;
    private static final int FIRST = 20_000 + (Integer.getInteger("test.fork", 1) - 1) * COUNT;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 31 % COUNT));

    private Ports() {}

    /** A port that nobody listens on. */
    public static int free() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            if (isFree(port)) return port;
        }
        throw new IllegalStateException("No port from " + FIRST + " on is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
