// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies of a gibibyte pass both ways, to the last byte, through members whose heaps are a quarter of that. */
@ParameterizedClass
@EnumSource
@Timeout(300)
class LargeBodiesIT {
    /** The receiver of a body. */
    private enum Way {
        BACKEND,
        /** A worker at another member than the client. */
        WORKER
    }

    @Parameter
    private Way way = Way.BACKEND;

    private static final int BLOCK = 1 << 20, BLOCKS = 1 << 10;
    private static final long SIZE = (long) BLOCK * BLOCKS;

    private ServerSocket backend;
    private Member member;
    private @Nullable Trio trio;
    private volatile boolean over;

    @BeforeEach
    void start() throws IOException {
        backend = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        if (way == Way.BACKEND) {
            aside(this::serve);
            member = alone();
        } else {
            List<Integer> ports = List.of(Ports.free(), Ports.free(), Ports.free());
            trio = new Trio("large", i -> List.of("--worker-port", Integer.toString(ports.get(i))));
            member = trio.members().get(0);
            aside(() -> work(ports.get(2)));
        }
    }

    private static void aside(Runnable task) {
        Thread thread = new Thread(task, "large-backend");
        thread.setDaemon(true);
        thread.start();
    }

    private Member alone() throws IOException {
        Path routes = Spawned.folder("large").resolve("routes");
        Files.writeString(routes, "* 127.0.0.1:" + backend.getLocalPort() + "\n");
        Member alone = Member.alone("large", "proxy.routes=" + routes);
        alone.awaitReady(1, Duration.ofMinutes(3));
        return alone;
    }

    @AfterEach
    void stop() throws IOException {
        over = true;
        if (trio == null) member.close();
        else trio.close();
        backend.close();
    }

    private void serve() {
        while (!backend.isClosed())
            try (Socket socket = backend.accept()) {
                answer(new BufferedInputStream(socket.getInputStream(), 1 << 16), socket.getOutputStream());
            } catch (IOException gone) {
                // The test fails by the missing bytes.
            }
    }

    private void work(int port) {
        while (!over)
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                answer(new BufferedInputStream(socket.getInputStream(), 1 << 16), socket.getOutputStream());
            } catch (IOException gone) {
                // The test fails by the missing bytes.
            }
    }

    private String path() {
        return way == Way.BACKEND ? "/" : "/work/default/";
    }

    /** Answers a GET with a body. Answers another request with the length and the checksum of its chunked body. */
    private static void answer(InputStream in, OutputStream out) throws IOException {
        String head = head(in);
        if (head.startsWith("GET ")) {
            out.write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + SIZE + "\r\n\r\n")
                    .getBytes(ISO_8859_1));
            write(out, false);
            return;
        }
        Checksum sum = new CRC32C();
        long size = 0;
        for (int chunk = size(in); chunk > 0; chunk = size(in)) {
            sum.update(in.readNBytes(chunk), 0, chunk);
            size += chunk;
            line(in);
        }
        String said = size + " " + sum.getValue();
        out.write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + said.length() + "\r\n\r\n" + said)
                .getBytes(ISO_8859_1));
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in))
            head.append(line).append('\n');
        return head.toString();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) throw new IOException("It broke off after: " + line);
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    /** Writes blocks that all differ, and returns their checksum. */
    private static long write(OutputStream out, boolean chunked) throws IOException {
        byte[] block = new byte[BLOCK];
        new Random(5).nextBytes(block);
        Checksum sum = new CRC32C();
        for (int i = 0; i < BLOCKS; i++) {
            ByteBuffer.wrap(block).putInt(i);
            sum.update(block, 0, BLOCK);
            if (chunked) out.write((Integer.toHexString(BLOCK) + "\r\n").getBytes(ISO_8859_1));
            out.write(block);
            if (chunked) out.write("\r\n".getBytes(ISO_8859_1));
        }
        if (chunked) out.write("0\r\n\r\n".getBytes(ISO_8859_1));
        out.flush();
        return sum.getValue();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), member.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    @Test
    void aGibibyteGoesUpWithoutALengthInAdvance() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            out.write(("POST " + path()
                            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(ISO_8859_1));
            long sum = write(out, true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = head(in);
            assertTrue(head.startsWith("HTTP/1.1 200"), head);
            assertEquals(SIZE + " " + sum, new String(in.readAllBytes(), ISO_8859_1));
        }
    }

    @Test
    void aGibibyteComesDown() throws Exception {
        long sum = write(OutputStream.nullOutputStream(), false);
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(("GET " + path() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(ISO_8859_1));
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            String head = head(in);
            assertTrue(head.startsWith("HTTP/1.1 200"), head);
            assertTrue(head.contains("Content-Length: " + SIZE), head);
            Checksum got = new CRC32C();
            long size = 0;
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                got.update(buffer, 0, read);
                size += read;
            }
            assertEquals(SIZE, size);
            assertEquals(sum, got.getValue());
        }
    }
}
