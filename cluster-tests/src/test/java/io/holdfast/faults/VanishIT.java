// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand clients ask to be held and vanish. */
@Tag("alone")
class VanishIT {
    private static final int CLIENTS = 10_000, AT_ONCE = 1_000, WAIT_SECONDS = 5;
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    @Test
    void clientsThatVanishWhileHeldLeaveNoWaiterNoMemoryAndNoOpenFile() throws Exception {
        try (Member member = Member.alone("vanish")) {
            member.awaitReady(1, Duration.ofMinutes(3));
            long filesAtFirst = files(member);
            // The first wave creates everything that is created once, and lets tables grow to their size.
            vanishAll(member);
            awaitNobodyHeld(member);
            awaitFiles(member, filesAtFirst);
            long heapBefore = heap(member), filesBefore = files(member);
            long begun = System.nanoTime();
            int most = vanishAll(member);
            long vanished = OwnTime.now();
            awaitNobodyHeld(member);
            Duration gone = OwnTime.since(vanished);
            awaitFiles(member, filesBefore);
            long heapAfter = heap(member), filesAfter = files(member);
            System.out.println("FIGURES " + CLIENTS + " clients vanish: took-ms="
                    + Duration.ofNanos(vanished - begun).toMillis() + " most-held=" + most + " none-held-after-ms="
                    + gone.toMillis() + " heap-KiB=" + heapBefore + ".." + heapAfter + " open-files=" + filesBefore
                    + ".." + filesAfter);
            assertTrue(most > 0, "No client was ever held");
            // The wait, its jitter, and some time for the work.
            assertTrue(gone.toMillis() <= WAIT_SECONDS * 1_000 + 5_000, () -> "Waiters stayed for " + gone);
            assertTrue(heapAfter - heapBefore < 2_048, () -> "Heap grew: " + heapBefore + " " + heapAfter);
        }
    }

    private static void awaitFiles(Member member, long before) {
        await("open files are back").until(() -> files(member) <= before + 20);
    }

    private static int vanishAll(Member member) throws IOException {
        int most = 0;
        for (int i = 0; i < CLIENTS / AT_ONCE; i++) most = Math.max(most, vanish(member, AT_ONCE));
        return most;
    }

    /** Sends all requests and closes the connections before the answers, every second one by a reset. Returns how many were held. */
    private static int vanish(Member member, int count) throws IOException {
        ByteBuffer request = StandardCharsets.US_ASCII.encode("GET /counters/vanish/value/?last=0&wait=" + WAIT_SECONDS
                + " HTTP/1.1\r\nHost: " + member.httpAddress() + "\r\n\r\n");
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), member.port());
        int heldBefore = (int) member.metric("holdfast_holds");
        List<SocketChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(address);
                channels.add(channel);
                if (i % 2 == 0) channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                assertEquals(request.remaining(), channel.write(request.duplicate()));
            }
            await("they are held")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> member.metric("holdfast_holds") >= Math.min(count, heldBefore + count / 2));
            return (int) member.metric("holdfast_holds");
        } finally {
            for (SocketChannel channel : channels) channel.close();
        }
    }

    private static void awaitNobodyHeld(Member member) {
        await("nobody is held").atMost(Duration.ofMinutes(3)).until(() -> member.metric("holdfast_holds") == 0);
    }

    /** KiB of live objects. Three of four times, the serial collector leaves a part of the old generation as it is. */
    private static long heap(Member member) {
        return LongStream.generate(() -> heapAfterOne(member)).limit(4).min().orElseThrow();
    }

    private static long heapAfterOne(Member member) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(member.process().pid());
        Spawned.run(jcmd, pid, "GC.run");
        Matcher used = USED.matcher(Spawned.run(jcmd, pid, "GC.heap_info"));
        long sum = 0;
        // The young and the old generation. Metaspace comes after them.
        for (int i = 0; i < 2; i++) {
            assertTrue(used.find());
            sum += Long.parseLong(used.group(1));
        }
        return sum;
    }

    private static long files(Member member) throws IOException {
        try (Stream<Path> open =
                Files.list(Path.of("/proc", Long.toString(member.process().pid()), "fd"))) {
            return open.count();
        }
    }
}
