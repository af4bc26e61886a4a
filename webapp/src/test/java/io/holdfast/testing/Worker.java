// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A worker of a test: dials in, changes sides, and answers requests byte by byte. */
public final class Worker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String END = "\r\n\r\n";

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Worker(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        out = socket.getOutputStream();
    }

    /** One whose connection is upgraded already. */
    public static Worker dial(URI address) throws IOException {
        return dial(address, 0);
    }

    /** The same, and so many bytes at most are on their way to it. */
    public static Worker dial(URI address, int window) throws IOException {
        Socket socket = new Socket();
        if (window > 0) socket.setReceiveBufferSize(window);
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        Worker worker = new Worker(socket);
        String head = worker.send("POST " + address.getPath()
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: PTTH/1.0"
                        + END)
                .head();
        String lines = head.toLowerCase(java.util.Locale.ROOT);
        if (!lines.startsWith("http/1.1 101") || !lines.contains("upgrade: ptth/1.0"))
            throw new AssertionError("not upgraded: " + head);
        return worker;
    }

    /** Reads the head of the next request. */
    public String head() throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.length() < END.length() || all.indexOf(END, all.length() - END.length()) < 0) {
            int next = in.read();
            if (next < 0) throw new AssertionError("closed after '" + all + "'");
            all.append((char) next);
        }
        return all.toString();
    }

    /** Reads so many bytes. */
    public byte[] read(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) throw new AssertionError("closed after " + bytes.length + " bytes");
        return bytes;
    }

    /** Sends these characters. */
    public Worker send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends these bytes. */
    public Worker send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Answers with a body of its own length. */
    public Worker answer(int status, String body) throws IOException {
        return send(Origin.answer(status, "", body));
    }

    /** Whether the other side closes, before it says anything more. */
    public boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Closes its connection. */
    public void leave() throws IOException {
        socket.close();
    }

    /** Vanishes with a reset. */
    public void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
