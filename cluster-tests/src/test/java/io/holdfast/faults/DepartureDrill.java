// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand clients are held by three members, half of them behind HAProxy and half behind nginx, each with the sample that ships.
 * Twenty thousand others come the same ways and vanish. No client that stays is let go, all that vanish are, and one increment and one
 * event release the rest.
 */
@Tag("drill")
class DepartureDrill {
    private static final int LIVE = Integer.getInteger("departure.live", 10_000),
            GHOSTS = Integer.getInteger("departure.ghosts", 20_000);
    /** The balancers cut waits after 135 s, so nobody comes later than that. */
    private static final Duration CHURN = Duration.ofSeconds(80);

    private static final Duration PATIENCE = Duration.ofMinutes(3), GONE = Duration.ofSeconds(10);
    private static final int SENDERS = 8;
    private static final String COUNTER = "/counters/live/value/", CHANNEL = "/channels/live/events";

    /** The clients that stay. One in ten reads a stream, all others wait for the counter. */
    private static final class Crowd implements AutoCloseable {
        private final Selector selector = Selector.open();
        private final List<SocketChannel> all = new ArrayList<>();
        private final AtomicInteger released = new AtomicInteger(), streamed = new AtomicInteger();
        /** The clients that were let go, and how. */
        private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();

        private final Thread thread = new Thread(this::read, "live");
        private volatile boolean closed;

        Crowd() throws IOException {
            thread.setDaemon(true);
        }

        /** One of them. */
        private static final class Client {
            private final boolean streams;
            private final StringBuilder read = new StringBuilder();
            private boolean over;

            Client(boolean streams) {
                this.streams = streams;
            }
        }

        void join(int port, boolean streams) throws IOException {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            all.add(channel);
            String request = streams
                    ? "GET " + CHANNEL + " HTTP/1.1\r\nHost: t\r\nAccept: text/event-stream\r\n\r\n"
                    : "GET " + COUNTER + "?last=0&wait=130 HTTP/1.1\r\nHost: t\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Client(streams));
        }

        void start() {
            thread.start();
        }

        private void read() {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            try {
                while (!closed)
                    selector.select(
                            key -> {
                                Client client = (Client) key.attachment();
                                buffer.clear();
                                try {
                                    int count = ((SocketChannel) key.channel()).read(buffer);
                                    if (count < 0) over(key, client, "closed");
                                    else take(client, new String(buffer.array(), 0, count, ISO_8859_1));
                                } catch (IOException e) {
                                    over(key, client, e.toString());
                                }
                            },
                            100);
            } catch (IOException e) {
                faults.add(e.toString());
            }
        }

        private void over(SelectionKey key, Client client, String how) {
            key.cancel();
            if (!client.over) faults.add(how + " after " + client.read);
        }

        private void take(Client client, String text) {
            if (client.over) return;
            client.read.append(text);
            String read = client.read.toString();
            if (client.streams && !read.contains("data: released")) {
                if (client.read.length() > 4_096) client.read.delete(0, 2_048);
                if (!read.startsWith("HTTP/1.1 200") && read.startsWith("HTTP")) faults.add(read);
                return;
            }
            if (!client.streams && !read.contains("\r\n\r\n1\n")) {
                if (read.contains("\r\n\r\n") && !read.startsWith("HTTP/1.1 200")) faults.add(read);
                if (read.contains("{}")) faults.add("let go: " + read);
                return;
            }
            client.over = true;
            (client.streams ? streamed : released).incrementAndGet();
        }

        @Override
        public void close() throws IOException {
            closed = true;
            for (SocketChannel channel : all) channel.close();
            selector.close();
        }
    }

    @Test
    void noneOfTenThousandIsLetGoWhileTwiceAsManyVanishBehindBalancers() throws Exception {
        try (Trio trio = new Trio("departures", "-Xmx512m", "access.publish=anyone", "hold.longest=150s");
                Balancer haproxy = Balancer.haproxy(trio.members());
                Balancer nginx = Balancer.nginx(trio.members());
                Crowd crowd = new Crowd()) {
            int[] ports = {haproxy.port(), nginx.port()};
            crowd.start();
            long begun = System.nanoTime();
            for (int i = 0; i < LIVE; i++) crowd.join(ports[i % 2], i % 10 < 2);
            await("all are held").atMost(PATIENCE).until(() -> holds(trio) == LIVE);
            long held = System.nanoTime();
            Churn churn = vanish(trio, ports);
            long vanished = OwnTime.now();
            await("only those who stay are held")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> holds(trio) <= LIVE);
            Duration gone = OwnTime.since(vanished);
            assertEquals(List.of(), List.copyOf(crowd.faults));
            assertEquals(LIVE, holds(trio), "those who stay are held");

            Member any = trio.members().get(1);
            assertEquals(200, any.http().post(any.uri(COUNTER), PATIENCE).get().statusCode());
            HttpResponse<String> published = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(any.uri(CHANNEL))
                                    .header("Content-Type", "text/plain")
                                    .POST(HttpRequest.BodyPublishers.ofString("released"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(201, published.statusCode(), published.body());
            int streams = LIVE / 10 * 2;
            await("all who stayed are released")
                    .atMost(PATIENCE)
                    .until(() -> crowd.released.get() == LIVE - streams && crowd.streamed.get() == streams);
            System.out.println("FIGURES departures: live=" + LIVE + " ghosts=" + churn.ghosts + " joined-ms="
                    + Duration.ofNanos(held - begun).toMillis() + " churn-ms="
                    + Duration.ofNanos(vanished - held).toMillis() + " most-held=" + churn.most + " all-gone-after-ms="
                    + gone.toMillis() + " let-go=" + crowd.faults.size());
            assertEquals(List.of(), List.copyOf(crowd.faults));
            assertTrue(churn.most > LIVE, "some ghosts were held");
            assertTrue(gone.compareTo(GONE) <= 0, () -> "Ghosts were held for " + gone);
        }
    }

    private static long holds(Trio trio) throws IOException {
        long sum = 0;
        for (Member member : trio.members()) sum += (long) member.metric("holdfast_holds");
        return sum;
    }

    /**
     * The clients that have come and left.
     *
     * @param most how many requests were held at most, of those who stay, too
     */
    private record Churn(int ghosts, long most) {}

    /** Sends the ghosts through both balancers. */
    private static Churn vanish(Trio trio, int[] ports) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(SENDERS);
        AtomicInteger come = new AtomicInteger();
        long end = System.nanoTime() + CHURN.toNanos();
        try {
            for (int i = 0; i < SENDERS; i++) {
                Random random = new Random(i);
                int port = ports[i % ports.length];
                executor.execute(() -> {
                    while (come.get() < GHOSTS && System.nanoTime() < end) ghost(port, come.incrementAndGet(), random);
                });
            }
            executor.shutdown();
            long most = 0;
            while (!executor.awaitTermination(1, TimeUnit.SECONDS)) most = Math.max(most, holds(trio));
            return new Churn(come.get(), most);
        } finally {
            executor.shutdownNow();
        }
    }

    /** Comes, and vanishes in one of the ways that clients have, at once or after a moment. */
    private static void ghost(int port, int number, Random random) {
        String[] kinds = {
            "GET /counters/ghost/value/?last=0&wait=100 HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET /channels/ghost/events?wait=100 HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET /channels/ghost/events HTTP/1.1\r\nHost: t\r\nAccept: text/event-stream\r\n\r\n",
            "GET /cameras/ghost-" + number % 50 + "/updates/?wait=100 HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET /counters/ghost/value/?last=0&wait=100 HTTP/1.1\r\nHost: t",
            "POST /channels/ghost/events HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\npart",
            ""
        };
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(kinds[number % kinds.length].getBytes(ISO_8859_1));
            Pause.of(Duration.ofMillis(random.nextInt(40)));
            if (number % 3 == 0) socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            else if (number % 3 == 1) socket.shutdownOutput();
        } catch (IOException refused) {
            // A balancer may refuse one that is too many; it has left all the same.
        }
    }
}
