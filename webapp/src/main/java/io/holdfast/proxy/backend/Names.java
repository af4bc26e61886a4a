// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.proxy.routes.IpV6;
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
 * The addresses of hosts. The name service may be slow, so a few dedicated threads ask it. Requests for the same host share one question.
 * A host whose name service does not answer therefore does not delay other hosts.
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

    /** The name service. It may block. */
    public interface Service {
        /** The addresses, at least one, the best first. */
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    Names(Service service) {
        this.service = service;
    }

    /** The addresses of a host. If the host is an address itself, the stage is complete on return. */
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

    /** Fails all searches that are still waiting. */
    @Override
    public void close() {
        threads.shutdownNow();
        for (CompletableFuture<List<InetAddress>> waited : asked.values())
            waited.completeExceptionally(new IOException("The proxy is closed"));
    }
}
