// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PeerProbeTest {
    private static final Duration SHORT = Duration.ofMillis(300), LONG = Duration.ofMinutes(1);
    private static final int NO_BACKLOG = 1;

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, NO_BACKLOG, InetAddress.getLoopbackAddress());
    }

    private static String peer(int port) {
        return "127.0.0.1:" + port;
    }

    @Test
    void aPeerThatAcceptsAndDoesNotAnswerIsSilent() throws IOException {
        try (ServerSocket silent = listening()) {
            String peer = peer(silent.getLocalPort());
            assertEquals(List.of(peer), new PeerProbe(SHORT).silent(List.of(peer), 1));
            assertEquals(
                    List.of("127.0.0.1"), new PeerProbe(SHORT).silent(List.of("127.0.0.1"), silent.getLocalPort()));
        }
    }

    /** So it is where a host drops packets: nobody answers the beginning of a connection. */
    @Test
    void aPeerWhoseQueueOfConnectionsIsFullIsSilent() throws IOException {
        try (ServerSocket full = listening();
                Socket first = new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort());
                Socket second = new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort())) {
            String peer = peer(full.getLocalPort());
            assertEquals(List.of(peer), new PeerProbe(SHORT).silent(List.of(peer), 1));
            assertEquals(true, first.isConnected() && second.isConnected());
        }
    }

    @Test
    void peersThatAnswerRefuseOrCannotBeAskedAreNotSilent() throws Exception {
        try (ServerSocket member = listening();
                ServerSocket closing = listening()) {
            CompletableFuture<String> greeting = CompletableFuture.supplyAsync(() -> greet(member));
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> close(closing));
            List<String> peers = List.of(
                    peer(member.getLocalPort()),
                    peer(closing.getLocalPort()),
                    peer(Ports.free()),
                    "host.invalid:5701",
                    "127.0.0.*",
                    "127.0.0.1:65536",
                    "[::1]:" + Ports.free());
            assertEquals(List.of(), new PeerProbe(LONG).silent(peers, 1));
            assertEquals("HZC", greeting.join());
            closed.join();
        }
    }

    private static String greet(ServerSocket member) {
        try (Socket socket = member.accept()) {
            byte[] greeting = socket.getInputStream().readNBytes(3);
            socket.getOutputStream().write(greeting);
            return new String(greeting, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void close(ServerSocket closing) {
        try (Socket socket = closing.accept()) {
            socket.shutdownInput();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
