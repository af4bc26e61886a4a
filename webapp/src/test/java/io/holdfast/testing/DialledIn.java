// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import io.holdfast.testing.Origin.Asked;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A worker of a test, byte by byte: it has connected, and is asked on its connection. */
public final class DialledIn implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    /** Whether the other side takes it that the connection is kept. */
    private boolean isKept;

    private DialledIn(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
    }

    /** Connects, and says nothing. */
    public static DialledIn to(int port) {
        try {
            return new DialledIn(new Socket(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects, and has its connection upgraded at that path. */
    public static DialledIn upgraded(int port, String path) {
        DialledIn worker = to(port);
        worker.write(
                "POST " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: PTTH/1.0\r\n\r\n");
        try {
            String head = Origin.head(worker.in);
            if (!head.startsWith("HTTP/1.1 101")) throw new AssertionError("not upgraded: " + head);
            worker.isKept = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return worker;
    }

    /** Waits for the next request; null if the other side has closed. */
    public @Nullable Asked asked() {
        try {
            return Origin.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a request and the first thousand bytes of its body. */
    public void asked1000() {
        try {
            String head = Origin.head(in);
            if (head.isEmpty() || in.readNBytes(1_000).length < 1_000)
                throw new AssertionError("it broke off: " + head);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes that arrive. */
    public InputStream in() {
        return in;
    }

    /** Where it answers. */
    public OutputStream out() {
        try {
            return socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes these very characters. */
    public void write(String text) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the other side has closed. */
    public boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Waits for one request, answers it and closes: without a word, as workers of POTHEAD do, where that is expected. */
    public @Nullable Asked serveOnce(String answer) {
        try (this) {
            Asked request = asked();
            // Otherwise it might get the next request before its leaving is noticed.
            if (request != null) write(isKept ? answer.replaceFirst("\r\n", "\r\nConnection: close\r\n") : answer);
            return request;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
