// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts are found however long the name service takes for others. */
@Timeout(20)
class NamesTest {
    private final CountDownLatch answers = new CountDownLatch(1);
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Names names = new Names(this::addresses);

    /** A name that begins with slow is answered late, and one that begins with no is unknown. */
    private List<InetAddress> addresses(String host) throws UnknownHostException {
        asked.add(host);
        try {
            if (host.startsWith("slow")) answers.await();
        } catch (InterruptedException e) {
            throw new UnknownHostException("interrupted");
        }
        if (host.startsWith("no")) throw new UnknownHostException(host);
        return List.of(
                host.matches("[0-9.:]+")
                        ? InetAddress.getByName(host)
                        : InetAddress.getByAddress(host, new byte[] {127, 0, 0, 9}));
    }

    @AfterEach
    void close() {
        answers.countDown();
        names.close();
    }

    private CompletableFuture<List<InetAddress>> find(String host) {
        return names.find(host).toCompletableFuture();
    }

    @Test
    void anAddressIsFoundAtOnceWhateverTheServiceIsBusyWith() {
        for (int i = 0; i < 20; i++) assertFalse(find("slow" + i).isDone());

        assertEquals("127.0.0.1", find("127.0.0.1").join().get(0).getHostAddress());
        assertEquals("0:0:0:0:0:0:0:1", find("::1").join().get(0).getHostAddress());
    }

    @Test
    void aHostIsAskedForOnceByAllWhoWaitAndAnewByTheNext() throws Exception {
        List<CompletableFuture<List<InetAddress>>> all = List.of(find("slow"), find("slow"), find("slow"));
        assertEquals("other", find("other").get(60, SECONDS).get(0).getHostName());
        answers.countDown();

        for (CompletableFuture<List<InetAddress>> one : all)
            assertEquals("127.0.0.9", one.get(60, SECONDS).get(0).getHostAddress());
        assertEquals(1, asked.stream().filter("slow"::equals).count());
        assertEquals("slow", find("slow").get(60, SECONDS).get(0).getHostName());
        assertEquals(2, asked.stream().filter("slow"::equals).count());
    }

    @Test
    void anUnknownHostFailsAndIsLookedUpAgain() {
        for (int i = 1; i <= 2; i++) {
            ExecutionException none =
                    assertThrows(ExecutionException.class, () -> find("nobody").get(60, SECONDS));
            assertTrue(none.getCause() instanceof UnknownHostException);
            assertEquals(i, asked.size());
        }
    }

    @Test
    void whenItClosesNobodyWaitsAndNoThreadIsLeft() {
        CompletableFuture<List<InetAddress>> waits = find("slow");
        await().until(() -> !asked.isEmpty() && threads() > 0);
        names.close();

        assertThrows(ExecutionException.class, () -> waits.get(60, SECONDS));
        assertThrows(ExecutionException.class, () -> find("other").get(60, SECONDS));
        await().until(() -> threads() == 0);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast-proxy-connect"))
                .count();
    }
}
