// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Publishers that number their events, and readers of every kind that write down their events in order. At the end the ledger compares
 * the two.
 *
 * <p>A publisher repeats an event under its key until it is acknowledged, and then publishes the next. A reader continues from its cursor
 * when its connection breaks. Neither knows of the faults.
 */
final class ChannelTraffic implements AutoCloseable {
    private static final Pattern EVENT =
            Pattern.compile("\\{\"id\":\"([^\"]+)\",(\"was\":\"[^\"]+\",)?[^{}]*?\"data\":\"([^\"]+)\"[^{}]*}");
    private static final Pattern LAST = Pattern.compile("\"last\":\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final Duration AT_MOST = Duration.ofSeconds(25), CONNECT = Duration.ofSeconds(3);

    private final Function<String, URI> balancer;
    private final String name;
    private final int channels;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final AtomicLong longestStall = new AtomicLong();
    private final Refusals refusals = new Refusals();
    private final Duration between;
    private volatile boolean publishing = true, reading = true;

    /** Starts the clients. The function leads from a path to the balancer. */
    ChannelTraffic(String name, Function<String, URI> balancer, int channels, int publishers, int readersOfAKind) {
        this(name, balancer, channels, publishers, readersOfAKind, Duration.ofMillis(20));
    }

    /** The same with publishers that wait so long between their events. */
    ChannelTraffic(
            String name,
            Function<String, URI> balancer,
            int channels,
            int publishers,
            int readersOfAKind,
            Duration between) {
        this.between = between;
        this.name = name;
        this.balancer = balancer;
        this.channels = channels;
        for (int channel = 0; channel < channels; channel++)
            for (Kind kind : Kind.values()) for (int i = 0; i < readersOfAKind; i++) start(new Reader(kind, channel));
        for (int i = 0; i < publishers; i++) start(new Publisher(i));
    }

    private void start(Reader reader) {
        readers.add(reader);
        start(reader, "reader");
    }

    private void start(Publisher publisher) {
        publishers.add(publisher);
        start(publisher, "publisher");
    }

    private void start(Runnable runnable, String role) {
        Thread thread = new Thread(runnable, role + "-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private String path(int channel) {
        return "/channels/" + name + "-" + channel + "/events";
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
    }

    long acknowledged() {
        return publishers.stream()
                .mapToLong(publisher -> publisher.number.get())
                .sum();
    }

    /** The refusals of these clients, but those of streams. */
    Refusals refusals() {
        return refusals;
    }

    /** A publisher of one event after the other, round the channels. */
    private final class Publisher implements Runnable {
        private final int which;
        private final HttpClient client = client();
        private final Map<String, String> ids = new ConcurrentHashMap<>();
        private final AtomicInteger number = new AtomicInteger();
        private long repeats;

        Publisher(int which) {
            this.which = which;
        }

        @Override
        public void run() {
            while (publishing) {
                String data = "p" + which + "-" + (number.get() + 1);
                long begun = System.nanoTime();
                while (!publish(data)) {
                    repeats++;
                    Pause.of(Duration.ofMillis(100));
                }
                longestStall.accumulateAndGet(System.nanoTime() - begun, Math::max);
                number.incrementAndGet();
                Pause.of(between);
            }
        }

        private boolean publish(String data) {
            int channel = number.get() % channels;
            HttpRequest request = HttpRequest.newBuilder(balancer.apply(path(channel)))
                    .timeout(AT_MOST)
                    .header("Content-Type", "text/plain")
                    .header("Idempotency-Key", data)
                    .POST(HttpRequest.BodyPublishers.ofString(data))
                    .build();
            try {
                HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                Matcher id = ID.matcher(response.body());
                refusals.note("publisher", response);
                if (response.statusCode() != 201 || !id.find()) {
                    if (response.statusCode() < 500)
                        throw new AssertionError(response.statusCode() + " " + response.body());
                    return false;
                }
                ids.put(data, id.group(1));
                return true;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The ways to read. */
    private enum Kind {
        LONG_POLL("application/json"),
        SSE("text/event-stream"),
        LINES("application/x-ndjson");

        private final String accept;

        Kind(String accept) {
            this.accept = accept;
        }
    }

    /** An event as a reader got it. */
    private record Seen(String id, String data, boolean renumbered) {}

    /** A reader of one channel, in one way. */
    private final class Reader implements Runnable {
        private final Kind kind;
        private final int channel;
        private final HttpClient client = client();
        private final List<Seen> seen = new ArrayList<>(); // guarded by itself
        private volatile String cursor = "earliest";
        private final AtomicInteger gaps = new AtomicInteger(), connections = new AtomicInteger();

        Reader(Kind kind, int channel) {
            this.kind = kind;
            this.channel = channel;
        }

        @Override
        public void run() {
            while (reading) {
                connections.incrementAndGet();
                try {
                    if (kind == Kind.LONG_POLL) poll();
                    else stream();
                } catch (IOException e) {
                    Pause.of(Duration.ofMillis(200));
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private HttpRequest request(String query) {
            return HttpRequest.newBuilder(balancer.apply(path(channel) + "?after=" + cursor + query))
                    .timeout(AT_MOST)
                    .header("Accept", kind.accept)
                    .build();
        }

        private void poll() throws IOException, InterruptedException {
            HttpResponse<String> response = client.send(request("&wait=10"), BodyHandlers.ofString());
            refusals.note("poller of a channel", response);
            if (response.statusCode() == 204) return;
            if (response.statusCode() != 200) throw failed(response.statusCode(), response.body());
            take(response.body());
            Matcher last = LAST.matcher(response.body());
            if (!last.find()) throw new AssertionError(response.body());
            cursor = last.group(1);
        }

        private void take(String text) {
            if (text.contains("\"gap\":{")) gaps.incrementAndGet();
            Matcher event = EVENT.matcher(text);
            while (event.find()) note(event.group(1), event.group(3), event.group(2) != null);
        }

        private void note(String id, String data, boolean renumbered) {
            synchronized (seen) {
                seen.add(new Seen(id, data, renumbered));
            }
        }

        private void stream() throws IOException, InterruptedException {
            HttpResponse<InputStream> response = client.send(request(""), BodyHandlers.ofInputStream());
            try (InputStream body = response.body();
                    BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                if (response.statusCode() != 200) throw failed(response.statusCode(), "");
                if (kind == Kind.SSE) events(lines);
                else objects(lines);
            }
        }

        private void objects(BufferedReader lines) throws IOException {
            for (String line = lines.readLine(); line != null && reading; line = lines.readLine()) {
                // A line that was cut is not an object. The reader gets the event once more.
                if (!line.endsWith("}")) continue;
                take(line);
                Matcher place = line.startsWith("{\"last\":") ? LAST.matcher(line) : ID.matcher(line);
                if (place.find()) cursor = place.group(1);
            }
        }

        private void events(BufferedReader lines) throws IOException {
            String id = "", data = "", type = "";
            for (String line = lines.readLine(); line != null && reading; line = lines.readLine()) {
                if (line.startsWith("id: ")) id = line.substring(4);
                else if (line.startsWith("data: ")) data = line.substring(6);
                else if (line.startsWith("event: ")) type = line.substring(7);
                else if (line.isEmpty()) {
                    if (type.equals("gap")) gaps.incrementAndGet();
                    else if (!data.isEmpty() && !type.equals("last-event-id")) note(id, data, false);
                    if (!id.isEmpty()) cursor = id;
                    id = data = type = "";
                }
            }
        }

        private IOException failed(int status, String body) {
            if (status < 500) throw new AssertionError(kind + " " + status + " " + body);
            return new IOException("status " + status);
        }

        boolean hasReached(String id) {
            return cursor.equals(id);
        }

        List<Seen> seen() {
            synchronized (seen) {
                return List.copyOf(seen);
            }
        }

        @Override
        public String toString() {
            return kind + " reader of channel " + channel;
        }
    }

    /** Waits until the publishers have finished and the readers have read to the end. */
    void stop(Function<String, URI> direct) throws Exception {
        publishing = false;
        for (Thread thread : threads)
            if (thread.getName().startsWith("publisher")) {
                thread.join(60_000);
                if (thread.isAlive()) throw new AssertionError(thread.getName() + " is left hanging");
            }
        for (int channel = 0; channel < channels; channel++) {
            String last = log(channel, direct).last;
            for (Reader reader : readers)
                if (reader.channel == channel)
                    org.awaitility.Awaitility.await(reader + " comes to the end")
                            .atMost(Duration.ofMinutes(3))
                            .until(() -> reader.hasReached(last));
        }
        reading = false;
    }

    private record Log(Map<String, Integer> places, Map<String, String> ids, String last) {}

    /** Reads the whole channel in the end. */
    private Log log(int channel, Function<String, URI> direct) throws IOException, InterruptedException {
        Map<String, Integer> places = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        String cursor = "earliest";
        HttpClient client = client();
        while (true) {
            HttpRequest request = HttpRequest.newBuilder(
                            direct.apply(path(channel) + "?limit=1000&wait=0&after=" + cursor))
                    .build();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() == 204) return new Log(places, ids, cursor);
            assertEquals(200, response.statusCode(), response.body());
            Matcher event = EVENT.matcher(response.body());
            while (event.find()) {
                if (places.put(event.group(3), places.size()) != null)
                    throw new AssertionError(event.group(3) + " is twice in channel " + channel);
                ids.put(event.group(3), event.group(1));
            }
            Matcher last = LAST.matcher(response.body());
            if (!last.find()) throw new AssertionError(response.body());
            cursor = last.group(1);
        }
    }

    /** Prints the figures, and compares the receipts, the events of the readers and the channel. */
    void check(String what, Function<String, URI> direct) throws Exception {
        Map<String, Integer> faults = new TreeMap<>();
        List<String> told = new ArrayList<>();
        long duplicates = 0, gaps = 0, given = 0, connections = 0;
        for (int channel = 0; channel < channels; channel++) {
            Log log = log(channel, direct);
            for (Publisher publisher : publishers)
                for (Map.Entry<String, String> ack : publisher.ids.entrySet())
                    if (Integer.parseInt(ack.getKey().replaceFirst(".*-", "")) % channels == (channel + 1) % channels) {
                        String there = log.ids.get(ack.getKey());
                        if (there == null) fault(faults, told, "lost", ack.getKey() + " of channel " + channel);
                        else if (!there.equals(ack.getValue()))
                            fault(faults, told, "receipt untrue", ack.getKey() + " " + there + " " + ack.getValue());
                    }
            for (Reader reader : readers)
                if (reader.channel == channel) {
                    duplicates += compare(reader, log, faults, told);
                    gaps += reader.gaps.get();
                    connections += reader.connections.get();
                    given += reader.seen().size();
                }
        }
        long repeats =
                publishers.stream().mapToLong(publisher -> publisher.repeats).sum();
        System.out.println("FIGURES " + what + ": acknowledged=" + acknowledged() + " repeats=" + repeats
                + " longest stall ms="
                + longestStall.get() / 1_000_000 + " readers=" + readers.size() + " given=" + given + " connections="
                + connections + " gaps shown=" + gaps + " duplicates=" + duplicates + " faults=" + faults);
        assertEquals(Map.of(), faults, String.join("\n", told));
    }

    /** Notes the faults of one reader, and returns how many events it got more than once. */
    private static long compare(Reader reader, Log log, Map<String, Integer> faults, List<String> told) {
        Set<String> known = new HashSet<>();
        long duplicates = 0;
        int place = -1;
        for (Seen seen : reader.seen()) {
            Integer there = log.places.get(seen.data);
            if (there == null) {
                fault(faults, told, "given and not there", reader + " " + seen);
                continue;
            }
            if (!known.add(seen.data)) {
                duplicates++;
                if (reader.gaps.get() == 0 && !seen.renumbered) fault(faults, told, "doubled", reader + " " + seen);
                continue;
            }
            if (there <= place) fault(faults, told, "out of order", reader + " " + seen);
            place = Math.max(place, there);
        }
        for (String data : log.places.keySet())
            if (!known.contains(data)) fault(faults, told, "silent gap", reader + " was not given " + data);
        return duplicates;
    }

    private static void fault(Map<String, Integer> faults, List<String> told, String kind, String detail) {
        faults.merge(kind, 1, Integer::sum);
        if (told.size() < 20) told.add(kind + ": " + detail);
    }

    @Override
    public void close() {
        publishing = false;
        reading = false;
        threads.forEach(Thread::interrupt);
    }
}
