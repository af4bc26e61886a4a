// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A hub to which workers connect, and which sends them requests byte by byte. */
final class TestHub implements AutoCloseable {
    private static final int PATIENCE = 10_000;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Worker> workers = new ArrayList<>();

    TestHub() throws IOException {
        server.setSoTimeout(PATIENCE);
    }

    URI http() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    URI tcp() {
        return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
    }

    /** A worker that has connected. */
    static final class Worker {
        private final Socket socket;
        private final InputStream in;

        private Worker(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE);
            in = new BufferedInputStream(socket.getInputStream());
        }

        Worker send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return this;
        }

        Worker send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            return this;
        }

        /** The lines of the next head, without its end. */
        List<String> head() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = line(); !line.isEmpty(); line = line()) lines.add(line);
            return lines;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) throw new IOException("closed after '" + line + "'");
                line.append((char) next);
            }
            return line.toString().strip();
        }

        String text(int length) throws IOException {
            return new String(in.readNBytes(length), ISO_8859_1);
        }

        long count() throws IOException {
            long all = 0;
            byte[] piece = new byte[64 * 1024];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) all += read;
            return all;
        }

        /** Everything up to the end of the connection. */
        String rest() throws IOException {
            return new String(in.readAllBytes(), ISO_8859_1);
        }

        void close() throws IOException {
            socket.close();
        }
    }

    Worker accept() throws IOException {
        Worker worker = new Worker(server.accept());
        workers.add(worker);
        return worker;
    }

    /** Accepts a worker, and upgrades its connection. */
    Worker upgrade() throws IOException {
        Worker worker = accept();
        worker.head();
        return worker.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: PTTH/1.0\r\n\r\n");
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Worker worker : workers) worker.close();
    }
}
