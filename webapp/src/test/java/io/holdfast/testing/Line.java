// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A connection to a server of this machine, byte by byte, for clients that are slow, rude or gone. */
public final class Line implements AutoCloseable {
    /** Stands at the end of what was read from a connection that was reset. */
    public static final String RESET = "<reset>";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int SIPS_PER_SECOND = 20;

    private final Socket socket;
    private final InputStream in;

    private Line(InetAddress from, int port, int window) throws IOException {
        socket = new Socket();
        if (window > 0) socket.setReceiveBufferSize(window);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Connects. */
    public static Line to(int port) throws IOException {
        return from(InetAddress.getLoopbackAddress(), port);
    }

    /** Connects from another address of this machine. */
    public static Line from(InetAddress address, int port) throws IOException {
        return new Line(address, port, 0);
    }

    /** Connects, and can be sent little before it reads. */
    public static Line narrow(int port) throws IOException {
        return new Line(InetAddress.getLoopbackAddress(), port, 1);
    }

    /** Sends these characters. */
    public Line send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Reads up to and with this text. */
    public String readTo(String end) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.length() < end.length() || all.indexOf(end, all.length() - end.length()) < 0) {
            int next = in.read();
            if (next < 0) throw new AssertionError("the server closed after '" + all + "'");
            all.append((char) next);
        }
        return all.toString();
    }

    /** Reads up to and with this text, at no more than so many bytes a second. */
    public void readSlowlyTo(String end, int bytesPerSecond) throws IOException {
        byte[] sip = new byte[bytesPerSecond / SIPS_PER_SECOND];
        String last = "";
        for (long due = System.nanoTime(); !last.contains(end); due += NANOS_PER_SECOND / SIPS_PER_SECOND) {
            while (due - System.nanoTime() > 0) LockSupport.parkNanos(due - System.nanoTime());
            int read = in.read(sip);
            if (read < 0) throw new AssertionError("the server closed after '" + last + "'");
            String both = last + new String(sip, 0, read, StandardCharsets.ISO_8859_1);
            last = both.substring(Math.max(0, both.length() - 2 * end.length()));
        }
    }

    /** Reads until the server closes, cleanly or with a reset. */
    public String readAll() {
        StringBuilder all = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) all.append((char) next);
        } catch (java.net.SocketTimeoutException late) {
            throw new UncheckedIOException("the server did not close after '" + all + "'", late);
        } catch (IOException reset) {
            all.append(RESET);
        }
        return all.toString();
    }

    /** Whether the server has closed its end, found out by sending: a client that does not read notices nothing else. */
    public boolean isRefused() {
        try {
            send("x");
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Sends nothing more, and reads on. */
    public Line endSending() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Whether something can be read. */
    public boolean hasNews() throws IOException {
        return in.available() > 0;
    }

    /** Reads so many bytes. */
    public void skip(long bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    /** Says that it sends nothing more, and may still read. */
    public void closeItsSide() throws IOException {
        socket.shutdownOutput();
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
