// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.time.Threads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the peers that are silent: a connection to them is accepted or dropped, and no answer comes. A frozen process is silent, and so
 * is a host that hangs. Hazelcast lets no member lead a new cluster without the consent of every peer that has not refused a connection,
 * so a member that starts would wait for a silent peer.
 */
final class PeerProbe {
    /** Each side of a connection between members begins with these bytes. */
    private static final byte[] GREETING = "HZC".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern PEER = Pattern.compile("([\\w.-]+|\\[[0-9a-fA-F:.]+])(?::(\\d{1,5}))?");

    private final int patience;

    /** A probe that waits this long for a connection, and as long for an answer. */
    PeerProbe(Duration patience) {
        this.patience = Math.toIntExact(patience.toMillis());
    }

    /**
     * The silent ones of these peers. All are asked at the same time; blocks until they have answered.
     *
     * @param peers each {@code host:port}, or {@code host}
     * @param port of the peers that name none
     */
    List<String> silent(List<String> peers, int port) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> Threads.daemon(task, "holdfast-probe"));
        try {
            List<CompletableFuture<Stream<String>>> asked = peers.stream()
                    .map(peer -> CompletableFuture.supplyAsync(
                            () -> isSilent(peer, port) ? Stream.of(peer) : Stream.<String>empty(), threads))
                    .toList();
            return asked.stream().flatMap(CompletableFuture::join).toList();
        } finally {
            threads.shutdown();
        }
    }

    private boolean isSilent(String peer, int port) {
        Matcher parts = PEER.matcher(peer);
        if (!parts.matches()) return false; // a pattern of addresses, say
        int at = parts.group(2) == null ? port : Integer.parseInt(parts.group(2));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(parts.group(1), at), patience);
            socket.setSoTimeout(patience);
            socket.getOutputStream().write(GREETING);
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException | RuntimeException e) {
            return false; // Hazelcast finds the same fault and reports it.
        }
    }
}
