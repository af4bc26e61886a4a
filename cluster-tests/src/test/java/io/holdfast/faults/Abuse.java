// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that nobody knows and that do all that fills a member: large dumps, jobs and events, slow uploads and heads, invented names, and
 * ghosts, which ask to be held and vanish. Each kind has its own pace. The same seed leads to the same abuse.
 */
final class Abuse implements AutoCloseable {
    /** Marks them as clients of a proxy, which are not on this machine. */
    private static final String STRANGER = "203.0.113.9";

    private static final int LARGE = 8 << 20, EVENT = 1_000_000, JOB = 1_000_000;
    private static final int SLOW_UPLOADS = 15, FULL_UPLOADS = 15, SLOW_HEADS = 30, HOT_CHANNELS = 3;
    /** Of those that vanish together. */
    private static final int WAVE = 1_000;

    private static final int LONG_HEAD = 14_000, PIECE = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<Member> members;
    private final int backend;
    private final Random random;
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(8, task -> {
        Thread thread = new Thread(task, "abuse");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<String> channels = ConcurrentHashMap.newKeySet(), counters = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();
    private final byte[] dump = ("{\"x\": \"" + "y".repeat(LARGE - 20) + "\"}").getBytes(ISO_8859_1);
    private final byte[] event = "e".repeat(EVENT).getBytes(ISO_8859_1),
            job = "j".repeat(JOB).getBytes(ISO_8859_1);

    /** Nothing begins yet. The port is that of a backend whose streams are held, by a route for {@code /junk-stream}. */
    Abuse(List<Member> members, int backend, long seed) {
        this.members = members;
        this.backend = backend;
        this.random = new Random(seed);
    }

    /** The routes file that the members need. */
    static String routes(int backend) {
        return "*,path_beg=/junk-stream 127.0.0.1:" + backend + "\n";
    }

    void start() {
        every(700, this::dump);
        every(400, this::publishHot);
        every(500, this::sendJob);
        every(25, this::inventName);
        every(25, this::ghost);
        every(20_000, this::wave);
        for (int i = 0; i < SLOW_UPLOADS; i++) slowly(() -> upload(1), 2_000);
        for (int i = 0; i < FULL_UPLOADS; i++) slowly(() -> upload(LARGE / PIECE - 1), 2_000);
        for (int i = 0; i < SLOW_HEADS; i++) slowly(this::head, 4_000);
    }

    private interface Deed {
        void run() throws IOException, InterruptedException;
    }

    private interface Opening {
        Socket open() throws IOException;
    }

    private void every(int millis, Deed deed) {
        var unused = executor.scheduleWithFixedDelay(() -> tried("abuse", deed), millis, millis, TimeUnit.MILLISECONDS);
    }

    private void tried(String name, Deed deed) {
        try {
            deed.run();
        } catch (IOException e) {
            count(name + " " + e.getClass().getSimpleName());
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(String what) {
        answers.computeIfAbsent(what, any -> new LongAdder()).increment();
    }

    private synchronized int roll(int below) {
        return random.nextInt(below);
    }

    private Member any() {
        return members.get(roll(members.size()));
    }

    private int send(String what, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                request.header("X-Forwarded-For", STRANGER).timeout(PATIENCE).build(), BodyHandlers.ofString());
        count(what + " " + response.statusCode());
        return response.statusCode();
    }

    private void dump() throws IOException, InterruptedException {
        send(
                "dump",
                HttpRequest.newBuilder(any().uri("/cameras/junk-" + roll(100) + "/dump/"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(dump)));
    }

    private void publishHot() throws IOException, InterruptedException {
        String name = "junk-hot-" + roll(HOT_CHANNELS);
        if (send(
                        "hot event",
                        HttpRequest.newBuilder(any().uri("/channels/" + name + "/events"))
                                .POST(BodyPublishers.ofByteArray(event)))
                == 201) channels.add(name);
    }

    private void sendJob() throws IOException, InterruptedException {
        send(
                "job",
                HttpRequest.newBuilder(any().uri("/work/junk-jobs-" + roll(3) + "/x"))
                        .header("Prefer", "respond-async")
                        .POST(BodyPublishers.ofByteArray(job)));
    }

    private void inventName() throws IOException, InterruptedException {
        for (int i = 0; i < 4; i++) {
            String name = "junk-" + number.incrementAndGet();
            switch (i) {
                case 0 -> {
                    if (send("new counter", post("/counters/" + name + "/value/", "")) == 200) counters.add(name);
                }
                case 1 -> {
                    if (send("new channel", post("/channels/" + name + "/events", "x")) == 201) channels.add(name);
                }
                case 2 ->
                    send("new camera", HttpRequest.newBuilder(any().uri("/cameras/" + name + "/updates/?wait=0")));
                default -> vanishing("GET /work/" + name + "/x HTTP/1.1\r\nPrefer: wait=2\r\n");
            }
        }
    }

    private HttpRequest.Builder post(String path, String body) {
        return HttpRequest.newBuilder(any().uri(path)).POST(BodyPublishers.ofString(body));
    }

    private void ghost() throws IOException {
        String name = "junk-" + roll(20);
        vanishing(
                switch (roll(9)) {
                    case 0 -> "GET /counters/" + name + "/value/?last=0&wait=100 HTTP/1.1\r\n";
                    case 1 -> "GET /channels/" + name + "/events?wait=100 HTTP/1.1\r\n";
                    case 2 -> "GET /channels/" + name + "/events HTTP/1.1\r\nAccept: text/event-stream\r\n";
                    case 3 -> "GET /cameras/" + name + "/updates/?wait=100 HTTP/1.1\r\n";
                    case 4 -> "GET /work/" + name + "/x HTTP/1.1\r\nPrefer: wait=100\r\n";
                    case 5 -> "POST /work/" + name + "/x HTTP/1.1\r\nPrefer: wait=100\r\nContent-Length: 100000\r\n";
                    case 6 ->
                        "GET /work/default/ghost-" + number.incrementAndGet() + " HTTP/1.1\r\nPrefer: wait=100\r\n";
                    case 7 -> "GET /workers/" + name + "/next?wait=100 HTTP/1.1\r\n";
                    default -> backend == 0 ? "GET /none HTTP/1.1\r\n" : "GET /junk-stream HTTP/1.1\r\n";
                });
    }

    /** A thousand ask to be held, half of them with a long head, and all vanish at once. */
    private void wave() throws IOException {
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < WAVE; i++) {
            String head = i % 2 == 0 ? "" : "X-Long: " + "h".repeat(LONG_HEAD) + "\r\n";
            Socket socket = connect();
            all.add(socket);
            socket.getOutputStream()
                    .write(stranger(
                            "GET /counters/junk-" + roll(20) + "/value/?last=0&wait=100 HTTP/1.1\r\n" + head + "\r\n"));
        }
        later(2_000, () -> {
            for (Socket socket : all) reset(socket);
        });
        count("wave");
    }

    /** Sends the request, and leaves in one of the ways that clients have. */
    private void vanishing(String head) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(stranger(head + "\r\n"));
        count("ghost");
        int way = roll(4);
        later(roll(1_500), () -> {
            switch (way) {
                case 0 -> close(socket);
                case 1 -> reset(socket);
                case 2 -> {
                    socket.shutdownOutput();
                    later(3_000, () -> close(socket));
                }
                // It reads nothing for a while.
                default -> later(5_000, () -> reset(socket));
            }
        });
    }

    private static byte[] stranger(String head) {
        return head.replaceFirst("\r\n", "\r\nHost: t\r\nX-Forwarded-For: " + STRANGER + "\r\n")
                .getBytes(ISO_8859_1);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), any().port()), 5_000);
        } catch (IOException e) {
            close(socket);
            throw e;
        }
        return socket;
    }

    private void close(Socket socket) throws IOException {
        open.remove(socket);
        socket.close();
    }

    private void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        close(socket);
    }

    private void later(int millis, Deed deed) {
        if (!executor.isShutdown()) {
            var unused = executor.schedule(() -> tried("ghost", deed), millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Opens a connection, sends a byte now and then, and begins anew when it is cut. */
    private void slowly(Opening opening, int millis) {
        List<Socket> mine = new ArrayList<>();
        every(millis, () -> {
            if (mine.isEmpty()) mine.add(opening.open());
            Socket socket = mine.get(0);
            try {
                if (socket.getInputStream().available() > 0) throw new IOException("answered");
                socket.getOutputStream().write('x');
            } catch (IOException cut) {
                count("slow one cut");
                mine.clear();
                close(socket);
            }
        });
    }

    /** Begins a dump with so many pieces. Many of them are refused before all are sent. */
    private Socket upload(int pieces) throws IOException {
        Socket socket = connect();
        socket.getOutputStream()
                .write(stranger(
                        "POST /cameras/junk-slow/dump/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
                                + LARGE + "\r\n\r\n"));
        for (int i = 0; i < pieces; i++) socket.getOutputStream().write(new byte[PIECE]);
        return socket;
    }

    private Socket head() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write("GET /counter/value/ HTTP/1.1\r\nX: ".getBytes(ISO_8859_1));
        return socket;
    }

    /** The answers by kind of abuse and status. */
    Map<String, Long> answers() {
        Map<String, Long> sorted = new TreeMap<>();
        answers.forEach((what, count) -> sorted.put(what, count.sum()));
        return sorted;
    }

    /** Ends all abuse, and all its connections. */
    void stop() throws InterruptedException, IOException {
        executor.shutdownNow();
        executor.awaitTermination(1, TimeUnit.MINUTES);
        for (Socket socket : List.copyOf(open)) close(socket);
    }

    /** Clears as an operator would. */
    void clear() throws IOException, InterruptedException {
        for (String channel : channels) delete("/channels/" + channel);
        for (String counter : counters) delete("/counters/" + counter);
    }

    private void delete(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(members.get(0).uri(path))
                .timeout(PATIENCE)
                .DELETE()
                .build();
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 204) count("delete " + status);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
