// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Clients that try nothing twice: holds, increments, publications and streams, through a balancer. A stream that ends is opened again with
 * its cursor, as a browser does. Anything else than 200 would close the source of a browser for good; here it is counted, and opened again.
 * Five of the streams may be those of a real browser.
 */
public final class RestartTraffic implements AutoCloseable {
    private static final int WRITERS = 16, HOLDERS = 20, CHANNELS = 5, WAIT = 2, FEW = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2), BACK = Duration.ofMillis(50);
    private static final Path TABLE = Path.of("target", "rolling-restart.md");
    private static final String HEAD = """
            | restart | requests | a second | failed | cut streams | closed sources | events | lost events | lost increments | seconds per member |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            """;

    private final URI server;
    private final Http http;
    private final HttpClient streaming =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>(), senders = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger(), published = new AtomicInteger();
    private final AtomicLong increments = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>(),
            closed = new ConcurrentLinkedQueue<>(),
            cut = new ConcurrentLinkedQueue<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<Set<String>> seen = new ArrayList<>();
    private final AtomicInteger following = new AtomicInteger();
    private final Optional<BrowserSources> browser;
    private final long begun;
    private volatile boolean writing = true;
    private int broken;
    private double perSecond;

    /**
     * Begins, without a browser.
     *
     * @param server the application behind the balancer, without a slash at the end
     * @param perSecond how many increments and publications are sent in a second, half each
     */
    public RestartTraffic(URI server, int perSecond, int streams) {
        this(server, perSecond, streams, Optional.empty());
    }

    /**
     * Begins, with a browser that has {@value #CHANNELS} of the streams. The application must allow the
     * {@linkplain #origin origin} of its page.
     *
     * @param page the port of that page
     */
    public static RestartTraffic withBrowser(URI server, int perSecond, int streams, int page) throws IOException {
        List<String> channels =
                IntStream.range(0, CHANNELS).mapToObj(RestartTraffic::channel).toList();
        BrowserSources sources = new BrowserSources(server, page, channels);
        try {
            await("the sources are open").atMost(PATIENCE).until(sources::areOpen);
            return new RestartTraffic(server, perSecond, streams - CHANNELS, Optional.of(sources));
        } catch (RuntimeException | Error e) {
            sources.close();
            throw e;
        }
    }

    /** The origin of the page of a browser. */
    public static String origin(int page) {
        return "http://127.0.0.1:" + page;
    }

    private RestartTraffic(URI server, int perSecond, int streams, Optional<BrowserSources> browser) {
        this.server = server;
        this.http = new Http(server);
        this.browser = browser;
        for (int i = 0; i < streams; i++) {
            Set<String> events = ConcurrentHashMap.newKeySet();
            seen.add(events);
            String channel = channel(i);
            start(threads, () -> follow(channel, events));
        }
        await("the streams are open").atMost(PATIENCE).until(() -> following.get() >= streams);
        begun = System.nanoTime();
        Duration pace = Duration.ofMillis(2_000L * WRITERS / perSecond);
        for (int i = 0; i < WRITERS; i++) {
            start(senders, () -> repeat(pace, this::increment));
            start(senders, () -> repeat(pace, this::publish));
        }
        for (int i = 0; i < HOLDERS; i++) start(senders, () -> repeat(Duration.ZERO, this::hold));
    }

    private static String channel(int stream) {
        return "k" + stream % CHANNELS;
    }

    private static void start(List<Thread> kept, Runnable task) {
        Thread thread = new Thread(task, "restart-traffic");
        thread.setDaemon(true);
        kept.add(thread);
        thread.start();
    }

    /** At that pace, as long as the answers come as fast. */
    private void repeat(Duration pace, Runnable request) {
        long next = System.nanoTime();
        while (writing) {
            request.run();
            next = Math.max(next + pace.toNanos(), System.nanoTime());
            if (isOver(Duration.ofNanos(next - System.nanoTime()))) return;
        }
    }

    private boolean isOver(Duration pause) {
        try {
            return over.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void increment() {
        if (succeeds("increment", 200, () -> http.post("/counters/restart/value/"))) increments.incrementAndGet();
    }

    private void publish() {
        int number = published.incrementAndGet();
        String event = channel(number) + " " + number;
        if (succeeds("publish", 201, () -> http.send(
                        "POST",
                        "/channels/" + channel(number) + "/events",
                        event.getBytes(UTF_8),
                        "Content-Type: text/plain")
                .response())) acknowledged.add(event);
    }

    private void hold() {
        succeeds("hold", 200, () -> http.get("/counters/quiet/value/?last=0&wait=" + WAIT));
    }

    private boolean succeeds(String what, int status, Supplier<Response> request) {
        requests.incrementAndGet();
        String told;
        try {
            Response response = request.get();
            if (response.status() == status) return true;
            told = response.status() + " " + response.body().strip();
        } catch (RuntimeException | AssertionError e) {
            told = e.toString();
        }
        failed.add(LocalTime.now(ZoneOffset.UTC) + " " + what + ": " + told);
        return false;
    }

    private void follow(String channel, Set<String> events) {
        String cursor = "";
        boolean isFirst = true;
        do {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                            server + "/channels/" + channel + "/events" + (cursor.isEmpty() ? "?after=earliest" : "")))
                    .header("Accept", "text/event-stream");
            if (!cursor.isEmpty()) request.header("Last-Event-ID", cursor);
            try {
                HttpResponse<Stream<String>> response = streaming.send(request.build(), BodyHandlers.ofLines());
                if (response.statusCode() != 200) {
                    closed.add(channel + ": " + response.statusCode());
                    continue;
                }
                if (isFirst) following.incrementAndGet();
                isFirst = false;
                for (String line : (Iterable<String>) response.body()::iterator) {
                    if (line.startsWith("id:")) cursor = line.substring(3).strip();
                    if (line.startsWith("data:")) events.add(line.substring(5).strip());
                }
            } catch (IOException | RuntimeException e) {
                // A browser comes back then, too.
                cut.add(channel + ": " + e);
            } catch (InterruptedException e) {
                return;
            }
        } while (!isOver(BACK));
    }

    /** Ends the writers, and checks that nobody has noticed anything. */
    public void check(String what, List<Duration> perMember) throws Exception {
        checkNothingLost(what, perMember);
        assertEquals(List.of(), List.copyOf(failed), "failed requests");
        assertEquals(List.of(), List.copyOf(closed), "closed sources");
        assertEquals(0, broken, () -> "cut streams: " + cut);
        assertEquals(increments.get(), value());
    }

    /** Ends the writers, waits until every stream has every acknowledged event, and checks the increments that were acknowledged. */
    public void checkNothingLost(String what, List<Duration> perMember) throws Exception {
        writing = false;
        for (Thread sender : senders) sender.join();
        perSecond = requests.get() / ((System.nanoTime() - begun) / 1e9);
        broken = cut.size();
        try {
            await("all streams have all events").atMost(PATIENCE).until(() -> missing() == 0);
        } finally {
            browser.ifPresent(sources -> closed.addAll(sources.closed()));
            tell(what, perMember);
        }
        assertTrue(value() >= increments.get(), "acknowledged increments are lost");
    }

    private void tell(String what, List<Duration> perMember) throws IOException {
        String row = Stream.of(
                        what,
                        requests,
                        Math.round(perSecond),
                        failed.size(),
                        broken,
                        closed.size(),
                        acknowledged.size(),
                        missing(),
                        Math.max(0, increments.get() - value()),
                        perMember.stream().map(Duration::toSeconds).toList())
                .map(String::valueOf)
                .collect(Collectors.joining(" | ", "| ", " |\n"));
        if (!Files.exists(TABLE)) Files.writeString(TABLE, HEAD);
        Files.writeString(TABLE, row, StandardOpenOption.APPEND);
        System.out.print("FIGURES restart " + row);
        browser.ifPresent(sources -> System.out.println("FIGURES restart browser: opened=" + sources.opened()));
        failed.stream().limit(FEW).forEach(System.out::println);
    }

    private long value() {
        return Long.parseLong(http.get("/counters/restart/value/").body().strip());
    }

    /** How many acknowledged events have not come to a stream of their channel. */
    private long missing() {
        long missing = 0;
        for (int i = 0; i < seen.size(); i++)
            for (String event : acknowledged)
                if (event.startsWith(channel(i) + " ") && !seen.get(i).contains(event)) missing++;
        for (String event : acknowledged)
            if (browser.isPresent()
                    && !browser.get()
                            .events(event.substring(0, event.indexOf(' ')))
                            .contains(event)) missing++;
        return missing;
    }

    @Override
    public void close() {
        writing = false;
        over.countDown();
        threads.forEach(Thread::interrupt);
        senders.forEach(Thread::interrupt);
        browser.ifPresent(BrowserSources::close);
    }
}
