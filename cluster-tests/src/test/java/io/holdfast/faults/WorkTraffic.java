// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Workers of every kind that perform one request at a time and sometimes die of one, and clients whose requests have numbers. Clients check
 * that their requests were performed, and how often.
 */
final class WorkTraffic implements AutoCloseable {
    /** Longer than a member stays frozen, the cluster waits for it afterwards, and a request waits. */
    private static final Duration HANGS = Duration.ofSeconds(60);

    private static final int WAIT_SECONDS = 20;
    private static final int DIES_ONE_OF = 100;

    private final Function<String, URI> balancer;
    private final List<Integer> ports;
    private final Random random = new Random();
    private final ExecutorService executor = Executors.newFixedThreadPool(2, WorkTraffic::thread);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(WorkTraffic::thread);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(executor)
            .build();
    private final List<Thread> workers = new ArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Phaser asking = new Phaser(1);
    private final AtomicLong numbers = new AtomicLong();
    /** How often each request was performed, while a client waits for it or it must not run twice. */
    private final Map<String, Integer> performed = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    /** The number of performed requests by kind of worker. */
    private final Map<Kind, LongAdder> worked = new ConcurrentHashMap<>();

    private final AtomicLong answered = new AtomicLong(),
            refused = new AtomicLong(),
            unknown = new AtomicLong(),
            broken = new AtomicLong(),
            deaths = new AtomicLong(),
            twice = new AtomicLong(),
            longest = new AtomicLong();
    private final Refusals refusals = new Refusals();
    private volatile boolean stopping, closed;

    /** The ways in which workers get their requests. */
    private enum Kind {
        ONCE,
        KEEPING,
        UPGRADED,
        PULLING
    }

    WorkTraffic(Function<String, URI> balancer, List<Integer> ports, int workers, int clients) {
        this.balancer = balancer;
        this.ports = ports;
        for (int i = 0; i < workers; i++) {
            int number = i;
            Thread thread = thread(() -> work(number));
            this.workers.add(thread);
            thread.start();
        }
        for (int i = 0; i < clients; i++) {
            asking.register();
            later(this::ask, 1_000);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "work");
        thread.setDaemon(true);
        return thread;
    }

    private void later(Runnable task, int mostMillis) {
        var unused = timer.schedule(task, random.nextInt(mostMillis), TimeUnit.MILLISECONDS);
    }

    /** The refusals of these clients and workers. */
    Refusals refusals() {
        return refusals;
    }

    long answered() {
        return answered.get();
    }

    private void work(int number) {
        Random own = new Random(number);
        Kind kind = Kind.values()[number % Kind.values().length];
        while (!closed)
            try {
                if (kind == Kind.PULLING) pull(own);
                else connect(kind, own);
            } catch (IOException gone) {
                // Its member is gone, or the worker has died itself.
                Pause.of(Duration.ofMillis(100));
            } catch (InterruptedException over) {
                return;
            }
    }

    private void connect(Kind kind, Random own) throws IOException {
        URI front = balancer.apply("/workers/default");
        int port = kind == Kind.UPGRADED ? front.getPort() : ports.get(own.nextInt(ports.size()));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            open.add(socket);
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            if (kind == Kind.UPGRADED) upgrade(socket, in, front);
            serve(kind, socket, in, own);
        } finally {
            open.removeIf(Socket::isClosed);
        }
    }

    private static void upgrade(Socket socket, InputStream in, URI front) throws IOException {
        String head = "POST " + front.getPath() + " HTTP/1.1\r\nHost: " + front.getAuthority()
                + "\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: PTTH/1.0\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String status = line(in);
        while (!line(in).isEmpty()) {}
        if (!status.startsWith("HTTP/1.1 101")) throw new IOException(status);
    }

    private void pull(Random own) throws IOException, InterruptedException {
        HttpResponse<String> given = send(HttpRequest.newBuilder(balancer.apply("/workers/default/next?wait=10")));
        if (given.statusCode() == 204) return;
        refusals.note("worker", given);
        if (given.statusCode() != 200) throw new IOException(given.toString());
        String lease = given.headers().firstValue("Location").orElseThrow(),
                token = "?token=" + given.headers().firstValue("Work-Token").orElseThrow(),
                id = given.headers().firstValue("Work-Path").orElseThrow().substring(1);
        // A worker whose acknowledgement is not confirmed begins nothing.
        if (tell(lease + "/ack" + token, "") != 204) return;
        if (perform(Kind.PULLING, id, given.body(), own)) tell(lease + "/response" + token, id);
    }

    /** Repeats a message without an answer, because it may not have arrived. */
    private int tell(String path, String body) throws InterruptedException {
        for (int i = 0; i < 5; i++)
            try {
                int status = send(HttpRequest.newBuilder(balancer.apply(path)).POST(BodyPublishers.ofString(body)))
                        .statusCode();
                if (status < 500) return status;
                Pause.of(Duration.ofMillis(100));
            } catch (IOException gone) {
                Pause.of(Duration.ofMillis(100));
            }
        return 0;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(15)).build(), BodyHandlers.ofString());
    }

    private void serve(Kind kind, Socket socket, InputStream in, Random own) throws IOException {
        do {
            String line = line(in);
            int length = 0;
            for (String header = line(in); !header.isEmpty(); header = line(in))
                if (header.regionMatches(true, 0, "content-length:", 0, 15))
                    length = Integer.parseInt(header.substring(15).strip());
            String body = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
            String id = line.substring(line.indexOf('/') + 1, line.lastIndexOf(' '));
            boolean survives = perform(kind, id, body, own);
            if (in.available() > 0) faults.add("a worker was given a second request beside " + line);
            if (!survives) return;
            String head = "HTTP/1.1 200 OK\r\nContent-Length: " + id.length()
                    + (kind == Kind.KEEPING ? "\r\nConnection: keep-alive" : "") + "\r\n\r\n";
            socket.getOutputStream().write((head + id).getBytes(StandardCharsets.US_ASCII));
        } while (kind != Kind.ONCE);
    }

    /** Returns false if the worker dies of the request. */
    private boolean perform(Kind kind, String id, String body, Random own) {
        if (!body.isEmpty() && !body.equals(id)) faults.add("with the body of another: " + id + " " + body);
        performed.merge(id, 1, Integer::sum);
        worked.computeIfAbsent(kind, any -> new LongAdder()).increment();
        Pause.of(Duration.ofMillis(own.nextInt(20)));
        if (own.nextInt(DIES_ONE_OF) > 0) return true;
        deaths.incrementAndGet();
        return false;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        for (; next >= 0 && next != '\n'; next = in.read()) line.append((char) next);
        if (next < 0) throw new IOException("closed");
        return line.toString().strip();
    }

    private void ask() {
        if (stopping) {
            asking.arriveAndDeregister();
            return;
        }
        boolean once = random.nextBoolean();
        String id = (once ? "once-" : "again-") + numbers.incrementAndGet();
        HttpRequest.Builder request = HttpRequest.newBuilder(balancer.apply("/work/default/" + id))
                .timeout(HANGS)
                .header("Prefer", "wait=" + WAIT_SECONDS);
        if (once) request.POST(BodyPublishers.ofString(id));
        long begun = System.nanoTime();
        var unused = client.sendAsync(request.build(), BodyHandlers.ofString()).whenComplete((response, error) -> {
            long took = System.nanoTime() - begun;
            if (response == null) broken(took, error);
            else {
                longest.accumulateAndGet(took, Math::max);
                told(id, response);
            }
            later(this::ask, 1_000);
        });
    }

    private void broken(long took, @Nullable Throwable error) {
        broken.incrementAndGet();
        if (took >= HANGS.toNanos()) faults.add("a client hung: " + error);
    }

    private void told(String id, HttpResponse<String> response) {
        refusals.note("client of a queue", response);
        boolean nothingDone = response.body().contains("\"outcome\":\"none\"");
        switch (response.statusCode()) {
            case 200 -> {
                answered.incrementAndGet();
                if (!response.body().equals(id)) faults.add("the answer of another: " + id + " " + response.body());
                if (!performed.containsKey(id)) faults.add("answered and not performed: " + id);
            }
            case 502, 503, 504 -> {
                if (nothingDone) refused.incrementAndGet();
                else unknown.incrementAndGet();
                if (nothingDone && id.startsWith("once") && performed.containsKey(id))
                    faults.add("performed, and said not to be: " + id + " " + response.body());
            }
            default -> faults.add(response.statusCode() + " " + response.body());
        }
    }

    /** Waits until every client has the answer to its last request. */
    void stop() {
        stopping = true;
        try {
            asking.awaitAdvanceInterruptibly(asking.arrive(), HANGS.toSeconds() + 10, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(asking.getUnarrivedParties() + " clients have no answer", e);
        }
    }

    void check(String what) {
        performed.forEach((id, times) -> {
            if (times > 1 && id.startsWith("once")) faults.add("performed " + times + " times: " + id);
            if (times > 1) twice.incrementAndGet();
        });
        System.out.println("FIGURES " + what + ": answered=" + answered + " refused=" + refused + " unknown=" + unknown
                + " broken=" + broken + " deaths=" + deaths + " performed-again=" + twice + " by "
                + List.of(Kind.values()) + "=" + worked + " longest-ms="
                + longest.get() / 1_000_000 + " faults=" + faults.size());
        assertEquals(Set.of(Kind.values()), worked.keySet(), "every kind has worked");
        assertEquals(List.of(), List.copyOf(faults));
    }

    @Override
    public void close() {
        stopping = true;
        closed = true;
        timer.shutdownNow();
        executor.shutdownNow();
        for (Socket socket : open)
            try {
                socket.close();
            } catch (IOException gone) {
                // The connection is closed already.
            }
        workers.forEach(Thread::interrupt);
    }
}
