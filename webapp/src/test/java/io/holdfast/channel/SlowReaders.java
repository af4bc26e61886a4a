// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that take a little of what they are sent ten times a second, through small buffers. */
final class SlowReaders implements AutoCloseable {
    private static final int EVERY_MILLIS = 100, LEAST_BUFFER = 4 * 1024;

    private final int sip;

    private final List<SocketChannel> sockets = new ArrayList<>();
    private final AtomicLong taken = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    /** Readers that take so many bytes ten times a second. */
    SlowReaders(int sip) {
        this.sip = sip;
    }

    void add(int port, String path, String accept) throws IOException {
        SocketChannel socket = SocketChannel.open();
        sockets.add(socket);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, Math.max(LEAST_BUFFER, sip));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n";
        socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        socket.configureBlocking(false);
    }

    void start() {
        var unused = thread.scheduleAtFixedRate(this::sip, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sip() {
        ByteBuffer some = ByteBuffer.allocate(sip);
        for (SocketChannel socket : sockets) {
            try {
                taken.addAndGet(Math.max(0, socket.read(some.clear())));
            } catch (IOException cut) {
                // It has taken too little.
            }
        }
    }

    /** Bytes that all of them took together. */
    long taken() {
        return taken.get();
    }

    @Override
    public void close() throws IOException {
        thread.shutdownNow();
        for (SocketChannel socket : sockets) socket.close();
    }
}
