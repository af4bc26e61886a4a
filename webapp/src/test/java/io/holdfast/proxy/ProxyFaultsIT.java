// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static io.holdfast.testing.Origin.answer;
import static io.holdfast.testing.Origin.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Container;
import io.holdfast.testing.Line;
import io.holdfast.testing.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backends that die at every byte, and requests that two servers may understand in two ways. */
@ParameterizedClass
@EnumSource(Container.class)
@Timeout(120)
class ProxyFaultsIT {
    private static final String BODY = "abcdefghijklmnopqrstuvwxyz";
    private static final String MEASURED = "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 26\r\n\r\n" + BODY;
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0A\r\nabcdefghij\r\n10;x=y\r\nklmnopqrstuvwxyz\r\n0\r\nX-B: c\r\n\r\n";
    private static final String LONG = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000);
    private static final String ASKED = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private static final String KEPT = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    @Parameter
    private Container container;

    @TempDir
    private Path folder;

    private final AtomicInteger position = new AtomicInteger();

    private Origin dying(String whole) throws IOException {
        return Origin.raw((in, out) -> {
            readHead(in);
            out.write(whole.getBytes(StandardCharsets.UTF_8), 0, position.get());
        });
    }

    private static void readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) throw new IOException("nobody asks");
            head.append((char) next);
        }
    }

    private ProxyUnderTest proxy(Origin origin, String parameters) throws Exception {
        return new ProxyUnderTest(container, folder, "* 127.0.0.1:" + origin.port() + parameters);
    }

    @Test
    void anIncompleteMeasuredResponseBecomesA502() throws Exception {
        try (Origin origin = dying(MEASURED);
                ProxyUnderTest proxy = proxy(origin, "")) {
            for (int i = 0; i < MEASURED.length(); i++) {
                position.set(i);
                String all = proxy.raw(ASKED);
                assertTrue(all.startsWith("HTTP/1.1 502"), i + ": " + all);
            }
            position.set(MEASURED.length());
            assertTrue(proxy.raw(ASKED).endsWith(BODY));
        }
    }

    @Test
    void aChunkedResponseIsCutIfItsBackendDies() throws Exception {
        try (Origin origin = dying(CHUNKED);
                ProxyUnderTest proxy = proxy(origin, "")) {
            int head = CHUNKED.indexOf("\r\n\r\n") + 4;
            for (int i = 0; i < CHUNKED.length(); i++) {
                position.set(i);
                String all = proxy.raw(i < head ? ASKED : KEPT);
                if (i < head) assertTrue(all.startsWith("HTTP/1.1 502"), i + ": " + all);
                else assertFalse(isWhole(all), i + ": " + all);
            }
            position.set(CHUNKED.length());
            try (Line line = Line.to(proxy.port()).send(KEPT)) {
                assertTrue(line.readTo("\r\n0\r\n\r\n").contains("klmnopqrstuvwxyz"));
            }
        }
    }

    private static boolean isWhole(String all) {
        return all.startsWith("HTTP/1.1 200") && all.endsWith("\r\n0\r\n\r\n");
    }

    @Test
    void aLongResponseIsCutIfItsBackendDies() throws Exception {
        try (Origin origin = dying(LONG);
                ProxyUnderTest proxy = proxy(origin, "")) {
            int head = LONG.indexOf("\r\n\r\n") + 4;
            for (int i : new int[] {head - 1, head, head + 1, head + 8191, head + 65_536, LONG.length() - 1}) {
                position.set(i);
                String all = proxy.raw(ASKED);
                assertTrue(all.startsWith(i < head ? "HTTP/1.1 502" : "HTTP/1.1 200"), i + ": " + all.length());
                assertFalse(all.endsWith("\r\n0\r\n\r\n"), "it looks whole");
                assertTrue(all.chars().filter(c -> c == 'x').count() < 100_000);
            }
        }
    }

    @Test
    void aRequestIsRetriedAfterAPartialHead() throws Exception {
        AtomicInteger times = new AtomicInteger();
        try (Origin origin = Origin.raw((in, out) -> {
                    readHead(in);
                    byte[] all = MEASURED.getBytes(StandardCharsets.UTF_8);
                    out.write(all, 0, times.getAndIncrement() % 2 == 0 ? position.get() : all.length);
                });
                ProxyUnderTest proxy = proxy(origin, ",try_duration=10,try_interval=0.001")) {
            for (int i = 0; i < MEASURED.indexOf("\r\n\r\n") + 4; i++) {
                position.set(i);
                String all = proxy.raw(ASKED);
                assertTrue(all.endsWith(BODY), i + ": " + all);
            }
        }
    }

    @Test
    void leftoverBytesOnAConnectionAreNotUsedAsAResponse() throws Exception {
        for (String rest : List.of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nWRONG", "HTTP/1.1 200 OK\r\nX-Wr")) {
            try (Origin origin = Origin.raw((in, out) -> {
                        for (int i = 0; i < 2; i++) {
                            readHead(in);
                            write(out, answer(200, "", "right") + rest);
                        }
                    });
                    ProxyUnderTest proxy = proxy(origin, "")) {
                for (int i = 0; i < 4; i++) {
                    String all = proxy.raw(ASKED);
                    assertTrue(all.endsWith("\r\n\r\nright") && !all.contains("X-Wr"), all);
                    pause(20);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabcdefgh\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 8\r\n\r\nabcdefgh",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabcdefgh",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabcdefgh",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 99999 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n",
                "nonsense\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-A: b\r\n folded\r\nContent-Length: 8\r\n\r\nabcdefgh"
            })
    void aMalformedResponseIsRefusedCutOrCorrected(String answer) throws Exception {
        try (Origin origin = Origin.raw((in, out) -> {
                    readHead(in);
                    write(out, answer);
                });
                ProxyUnderTest proxy = proxy(origin, "")) {
            String all = proxy.raw(ASKED);
            boolean whole = all.startsWith("HTTP/1.1 200") && all.contains("abcdefgh") && !all.contains("Length: 5");
            boolean cut = all.startsWith("HTTP/1.1 200") && !all.endsWith("\r\n0\r\n\r\n");
            assertTrue(all.startsWith("HTTP/1.1 50") || whole || cut, all);
            assertTrue(all.startsWith("HTTP/1.1 50") || answer.contains("chunked") || answer.contains("X"), all);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 48\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 48\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 48\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n",
                "Content-Length: 5, 48\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n",
                "Content-Length: +5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n",
                "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding: \u000bchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "X-A: b\rContent-Length: 5\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 40\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "X-A: b\nX-B: c\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void aRequestWithTwoMeaningsIsOneOrNone(String rest) throws Exception {
        AtomicInteger complaints = new AtomicInteger();
        try (Origin origin = Origin.that((asked, out) -> {
                    if (!isSound(asked)) complaints.incrementAndGet();
                    write(out, answer(200, "", "one"));
                });
                ProxyUnderTest proxy = proxy(origin, "");
                Line line = Line.to(proxy.port())) {
            line.send("POST / HTTP/1.1\r\nHost: x\r\n" + rest);
            pause(100);
            String all = answers(line);
            assertTrue(all.isEmpty() || all.startsWith("HTTP/1.1 "), all);
            assertTrue(
                    origin.asked().stream().noneMatch(asked -> asked.line().contains("smuggled")), "smuggled: " + all);
            assertTrue(origin.asked().size() <= 1, () -> "two requests: " + origin.asked());
            assertEquals(0, complaints.get(), () -> origin.asked().toString());
        }
    }

    private static boolean isSound(Origin.Asked asked) {
        boolean two = !asked.header("Content-Length").isEmpty()
                && !asked.header("Transfer-Encoding").isEmpty();
        return !two && asked.headers().stream().noneMatch(h -> h.contains("\r") || h.startsWith(" "));
    }

    private static String answers(Line line) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 50 && !line.hasNews(); i++) pause(20);
        if (line.hasNews()) all.append(line.readTo("\r\n\r\n"));
        pause(20);
        return all.toString();
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }
}
