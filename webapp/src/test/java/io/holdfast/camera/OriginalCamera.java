// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.holdfast.testing.Http;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The camera program of the original protocol, as it behaves on the wire. It polls the bare path without a {@code wait}. It gives the
 * poll up by itself after ten seconds, and polls again. It also polls again at once after any answer. If the answer was not an error, a
 * thread of its own posts all its logs so far, as a JSON string that contains the JSON object. Each of its requests is a connection of
 * its own, to the next of the members, as through a balancer. Only the events that it logs happen when the test says so.
 */
final class OriginalCamera implements AutoCloseable {
    /** The original has no setting for this. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String HEADERS = "Host: 127.0.0.1:5000\r\nUser-Agent: python-requests/2.18.4\r\n"
            + "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n";
    private static final int ERROR = 400;

    private final List<Http> members;
    private final Duration patience;
    private final List<String> logs = new CopyOnWriteArrayList<>(), faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger(), givenUp = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger(), delivered = new AtomicInteger();
    private final AtomicReference<@Nullable CountDownLatch> slow = new AtomicReference<>();
    private final Thread polls = new Thread(this::run, "original-camera");
    private volatile @Nullable Socket poll;
    private volatile boolean stopped;

    /** A camera that waits as long as the original, or less. */
    OriginalCamera(List<Http> members, Duration patience) {
        this.members = members;
        this.patience = patience;
    }

    void start() {
        polls.start();
    }

    /** The camera sees something, which is in its logs from now on. */
    void happens(String what) {
        logs.add(what + ". 2026-11-21 12:00:00.000000");
    }

    /** Stops the next delivery in the middle, until the latch opens. */
    void slowDown(CountDownLatch latch) {
        slow.set(latch);
    }

    /** How many polls it has given up. */
    int givenUp() {
        return givenUp.get();
    }

    /** How many deliveries have reached the middle. */
    int begun() {
        return begun.get();
    }

    /** How many deliveries were accepted. */
    int delivered() {
        return delivered.get();
    }

    /** The faults that would have ended the original. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    private void run() {
        while (!stopped && faults.isEmpty()) {
            try {
                poll();
            } catch (IOException e) {
                if (!stopped) faults.add("a poll: " + e);
            }
        }
    }

    private void poll() throws IOException {
        Http member = next();
        try (Socket socket = connect(member)) {
            poll = socket;
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            send(socket, "GET " + member.context() + "/updates/ HTTP/1.1\r\n" + HEADERS + "\r\n");
            String answer = answer(socket);
            if (status(answer) < ERROR) new Thread(this::post, "original-camera-post").start();
        } catch (SocketTimeoutException e) {
            givenUp.incrementAndGet();
        }
    }

    private Http next() {
        return members.get(requests.getAndIncrement() % members.size());
    }

    private static Socket connect(Http member) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), member.port());
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private void post() {
        String object =
                logs.stream().map(log -> "\"" + log + "\"").collect(Collectors.joining(", ", "{\"logs\": [", "]}"));
        String body = "\"" + object.replace("\"", "\\\"") + "\"";
        Http member = next();
        try (Socket socket = connect(member)) {
            send(
                    socket,
                    "POST " + member.context() + "/dump/ HTTP/1.1\r\n" + HEADERS + "Content-Length: " + body.length()
                            + "\r\nContent-Type: application/json\r\n\r\n");
            int middle = body.length() / 2;
            send(socket, body.substring(0, middle));
            begun.incrementAndGet();
            CountDownLatch latch = slow.getAndSet(null);
            if (latch != null) latch.await();
            send(socket, body.substring(middle));
            taken(answer(socket));
        } catch (IOException | InterruptedException e) {
            if (!stopped) faults.add("a delivery: " + e);
        }
    }

    private void taken(String answer) {
        if (status(answer) == 200 && answer.endsWith("\r\n\r\nnull\n")) delivered.incrementAndGet();
        else faults.add("a delivery: " + answer);
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }

    /** A response of the length that it declares: the connection stays open. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        StringBuilder all = new StringBuilder();
        while (all.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) throw new IOException("closed after '" + all + "'");
            all.append((char) next);
        }
        return all + new String(in.readNBytes(length(all.toString())), ISO_8859_1);
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        Socket held = poll;
        if (held != null) held.close();
        try {
            polls.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
