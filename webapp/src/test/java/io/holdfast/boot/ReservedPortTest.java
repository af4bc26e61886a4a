// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** A port before its process listens. */
class ReservedPortTest {
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());

    private ServerSocket listen() throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(address);
            return listener;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    @Test
    void aPortWhereAnotherProgramListensIsRefused() throws IOException {
        try (ServerSocket other = listen()) {
            assertEquals(address.getPort(), other.getLocalPort());
            assertThrows(BindException.class, () -> new ReservedPort(address));
        }
    }

    @Test
    void nobodyElseGetsAReservedPortAndItsClientsAreRefused() throws IOException {
        try (ReservedPort mine = new ReservedPort(address)) {
            assertThrows(BindException.class, this::listen, mine::toString);
            assertThrows(BindException.class, () -> new ReservedPort(address));
            assertThrows(ConnectException.class, () -> new Socket(address.getAddress(), address.getPort()).close());
        }
        try (ServerSocket listener = listen()) {
            assertEquals(address.getPort(), listener.getLocalPort());
        }
    }

    @Test
    void connectionsThatHaveEndedDoNotKeepThePort() throws IOException {
        try (ServerSocket listener = listen();
                Socket client = new Socket(address.getAddress(), address.getPort());
                Socket server = listener.accept()) {
            server.shutdownOutput(); // the side that ends first lingers
            assertEquals(-1, client.getInputStream().read());
        }
        try (ReservedPort mine = new ReservedPort(address)) {
            assertThrows(BindException.class, this::listen, mine::toString);
        }
    }
}
