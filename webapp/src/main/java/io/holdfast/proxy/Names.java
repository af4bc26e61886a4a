// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.time.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.regex.Pattern;

/**
 * The addresses of hosts. The name service may be slow, so it is asked on a few threads that do nothing else, and once for all who ask
 * for the same host meanwhile: a host for which nobody answers does not keep others from being found.
 */
final class Names implements AutoCloseable {
    private static final int THREADS = 4;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern IP_V4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    private final Service service;
    private final ExecutorService threads =
            Threads.pool("holdfast-proxy-connect", THREADS, IDLE, new ThreadPoolExecutor.AbortPolicy());
    private final Map<String, CompletableFuture<List<InetAddress>>> asked = new ConcurrentHashMap<>();

    /** Who knows; may take its time. */
    interface Service {
        /** One at least, the best first. */
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    Names(Service service) {
        this.service = service;
    }

    /** The addresses of a host: at once, and on this thread, if it is one already. */
    CompletionStage<List<InetAddress>> find(String host) {
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        if (IP_V4.matcher(host).matches() || IpV6.is(host)) {
            ask(host, found);
            return found;
        }
        CompletableFuture<List<InetAddress>> earlier = asked.putIfAbsent(host, found);
        if (earlier != null) return earlier;
        try {
            threads.execute(() -> ask(host, found));
        } catch (RejectedExecutionException closed) {
            asked.remove(host);
            found.completeExceptionally(closed);
        }
        return found;
    }

    private void ask(String host, CompletableFuture<List<InetAddress>> found) {
        try {
            List<InetAddress> addresses = service.addresses(host);
            asked.remove(host, found);
            found.complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            asked.remove(host, found);
            found.completeExceptionally(e);
        }
    }

    /** Whoever still waits for an address is told that there is none. */
    @Override
    public void close() {
        threads.shutdownNow();
        for (CompletableFuture<List<InetAddress>> waited : asked.values())
            waited.completeExceptionally(new IOException("The proxy is closed"));
    }
}
