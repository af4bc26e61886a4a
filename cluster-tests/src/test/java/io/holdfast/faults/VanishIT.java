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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand clients ask to be held and vanish. */
@Tag("alone")
class VanishIT {
    private static final int CLIENTS = 10_000, AT_ONCE = 1_000, WAIT_SECONDS = 5;

    @Test
    void clientsThatVanishWhileHeldLeaveNoWaiterNoMemoryAndNoOpenFile() throws Exception {
        try (Member member = Member.alone("vanish")) {
            member.awaitReady(1, Duration.ofMinutes(3));
            long filesAtFirst = Footprint.files(member);
            // The first wave creates everything that is created once, and lets tables grow to their size.
            vanishAll(member);
            awaitNobodyHeld(member);
            awaitFiles(member, filesAtFirst);
            long heapBefore = Footprint.heap(member), filesBefore = Footprint.files(member);
            long begun = System.nanoTime();
            int most = vanishAll(member);
            long vanished = OwnTime.now();
            awaitNobodyHeld(member);
            Duration gone = OwnTime.since(vanished);
            awaitFiles(member, filesBefore);
            long heapAfter = Footprint.heap(member), filesAfter = Footprint.files(member);
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
        await("open files are back").until(() -> Footprint.files(member) <= before + 20);
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
}
