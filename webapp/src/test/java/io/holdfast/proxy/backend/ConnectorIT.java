// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.proxy.routes.Target;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host with several addresses; programs listen at some of them. */
@Timeout(20)
class ConnectorIT {
    private static final byte[] PUBLIC = {(byte) 192, 0, 2, 1};

    private final Connector connector = new Connector(1, this::addresses);
    private List<InetAddress> known = List.of();

    private List<InetAddress> addresses(String host) {
        return known;
    }

    @AfterEach
    void close() {
        connector.close();
    }

    private static InetAddress local(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    private static ServerSocket listen(int last) throws IOException {
        return new ServerSocket(Ports.free(), 50, local(last));
    }

    private CompletableFuture<InetSocketAddress> connect(int port, boolean untrusted) {
        return connect(port, false, untrusted, Duration.ofSeconds(5));
    }

    private CompletableFuture<InetSocketAddress> connect(int port, boolean tls, boolean untrusted, Duration patience) {
        Target target = new Target(
                "two.example", port, tls, false, untrusted, "two.example", Optional.empty(), List.of(), false);
        return connector
                .connect(target, patience)
                .thenApply(session -> {
                    InetSocketAddress address = (InetSocketAddress) session.getRemoteAddress();
                    session.close(CloseMode.IMMEDIATE);
                    return address;
                })
                .toCompletableFuture();
    }

    @Test
    void theNextAddressIsTriedWhereNobodyListensAtTheFirst() throws Exception {
        try (ServerSocket listener = listen(3)) {
            known = List.of(local(1), local(2), local(3));

            assertEquals(
                    local(3),
                    connect(listener.getLocalPort(), false).get(60, SECONDS).getAddress());
        }
    }

    @Test
    void theFirstIsTakenWhereAllAreListenedAt() throws Exception {
        try (ServerSocket listener = new ServerSocket(Ports.free())) {
            known = List.of(local(2), local(1));

            assertEquals(
                    local(2),
                    connect(listener.getLocalPort(), false).get(60, SECONDS).getAddress());
        }
    }

    @Test
    void aRefusalAtEveryAddressIsOneConnectException() throws Exception {
        known = List.of(local(1), local(2));

        ExecutionException none = assertThrows(
                ExecutionException.class, () -> connect(Ports.free(), false).get(60, SECONDS));

        assertInstanceOf(ConnectException.class, none.getCause());
    }

    @Test
    void anInnerAddressAmongOthersIsNotTriedForOutsiders() throws Exception {
        try (ServerSocket listener = listen(1)) {
            known = List.of(local(1), InetAddress.getByAddress(PUBLIC));

            assertThrows(ExecutionException.class, () -> connect(listener.getLocalPort(), true)
                    .get(60, SECONDS));
        }
    }

    @Test
    void aSlowTlsHandshakeGetsTheFullTimeoutDespiteManyAddresses() throws Exception {
        try (ServerSocket silent = listen(1)) {
            known = List.of(local(1), local(2), local(3), local(4));
            Duration patience = Duration.ofSeconds(2);
            long begun = System.nanoTime();

            assertThrows(ExecutionException.class, () -> connect(silent.getLocalPort(), true, false, patience)
                    .get(60, SECONDS));

            Duration waited = Duration.ofNanos(System.nanoTime() - begun);
            assertTrue(waited.compareTo(patience.multipliedBy(3).dividedBy(4)) > 0, () -> "given up after " + waited);
        }
    }
}
