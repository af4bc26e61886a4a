// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One of three members has a clock that is wrong by more than events and keys are kept, from the start or by a jump. The oldest member
 * leaves and comes back, then the one with the wrong clock is cut off and both sides go on, then they merge. The ledger compares all
 * acknowledged events, increments and jobs with the state, and repeats every key.
 *
 * <p>Needs {@code libfaketime} of Debian. It changes the time of a process, but not its monotonic clock.
 */
@Tag("drill")
class ClockDrill {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String EVENTS = "/channels/clocks/events", COUNTER = "/counters/clocks/value/";
    private static final int EACH = 10;
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final Pattern EVENT =
            Pattern.compile("\\{\"id\":\"([^\"]+)\",(?:\"was\":\"([^\"]+)\",)?[^{}]*?\"data\":\"([^\"]+)\"[^{}]*}");
    private static final Pattern LAST = Pattern.compile("\"last\":\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    /** The acknowledged ids by data, which is the key, too. */
    private final Map<String, String> events = new ConcurrentHashMap<>();
    /** The places of jobs by key. */
    private final Map<String, String> jobs = new ConcurrentHashMap<>();

    private long increments, unknown;

    /** A reader that keeps to one member, and writes down all that it is given. */
    private final class Follower implements Runnable {
        private final Member member;
        private final Set<String> seen = ConcurrentHashMap.newKeySet();
        private volatile boolean over;
        private String cursor = "earliest";

        Follower(Member member) {
            this.member = member;
        }

        @Override
        public void run() {
            while (!over)
                try {
                    HttpResponse<String> page =
                            send(HttpRequest.newBuilder(member.uri(EVENTS + "?wait=2&after=" + cursor)));
                    Matcher event = EVENT.matcher(page.body());
                    while (event.find()) seen.add(event.group(3));
                    Matcher last = LAST.matcher(page.body());
                    if (page.statusCode() == 200 && last.find()) cursor = last.group(1);
                    else if (page.statusCode() != 204) Pause.of(Duration.ofMillis(200));
                } catch (IOException gone) {
                    Pause.of(Duration.ofMillis(200));
                }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, +61m, false", "0, -61m, true", "1, +61m, true", "1, -61m, false", "2, +61m, false", "2, -61m, true"
    })
    void nothingIsLostOrDoubledAndKeysHoldWhateverTheClockOfAMemberShows(int wrong, String by, boolean jumps)
            throws Exception {
        String name = "clocks-" + wrong + (by.startsWith("+") ? "-ahead" : "-behind");
        Path time = Spawned.folder(name).resolve("time");
        Files.writeString(time, jumps ? "+0" : by);
        try (Lan lan = new Lan();
                Hosts hosts = new Hosts(
                        lan,
                        name,
                        host -> host == wrong ? faked(time) : List.of(),
                        "access.publish=anyone",
                        "cluster.minimum-size=1",
                        "cluster.skew-limit=1d")) {
            List<Follower> followers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (Member member : hosts.members()) {
                Follower follower = new Follower(member);
                followers.add(follower);
                Thread thread = new Thread(follower, "follower");
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            use(hosts, "all", List.of(0, 1, 2));
            if (jumps) {
                Files.writeString(time, by);
                Pause.of(Duration.ofSeconds(2));
                use(hosts, "jumped", List.of(0, 1, 2));
            }

            hosts.member(0).stop();
            for (int other : List.of(1, 2)) hosts.member(other).awaitReady(2, PATIENCE);
            use(hosts, "younger", List.of(1, 2));
            hosts.member(0).restart();
            hosts.members().forEach(member -> member.awaitReady(3, PATIENCE));
            use(hosts, "back", List.of(0, 1, 2));

            lan.isolate(wrong);
            List<Integer> others =
                    IntStream.range(0, 3).filter(host -> host != wrong).boxed().toList();
            for (int other : others) hosts.member(other).awaitReady(2, PATIENCE);
            hosts.member(wrong).awaitReady(1, PATIENCE);
            use(hosts, "apart", List.of(wrong));
            use(hosts, "most", others);
            lan.heal(wrong);
            for (int other : others) hosts.member(other).awaitReady(3, PATIENCE);
            hosts.member(wrong).awaitReady(3, PATIENCE);
            use(hosts, "merged", List.of(0, 1, 2));

            check(hosts, name, followers);
            for (Follower follower : followers) follower.over = true;
            for (Thread thread : threads) thread.join(PATIENCE.toMillis());
        }
    }

    /** The words before a command that give it the time of this file. */
    private static List<String> faked(Path time) {
        try (Stream<Path> libraries = Files.walk(Path.of("/usr/lib"))) {
            Path library = libraries
                    .filter(path -> path.endsWith("faketime/libfaketimeMT.so.1"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("The drill needs libfaketime: apt-get install libfaketime"));
            return List.of(
                    "env",
                    "LD_PRELOAD=" + library,
                    "FAKETIME_TIMESTAMP_FILE=" + time,
                    "FAKETIME_CACHE_DURATION=1",
                    "DONT_FAKE_MONOTONIC=1",
                    // Otherwise it changes the ends of timed waits, which then spin.
                    "FAKETIME_FORCE_MONOTONIC_FIX=0",
                    "FAKETIME_DONT_FAKE_MONOTONIC=1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Publishes, counts and sends jobs at these members, each until it is acknowledged. */
    private void use(Hosts hosts, String phase, List<Integer> at) {
        for (int host : at)
            for (int n = 0; n < EACH; n++) {
                Member member = hosts.member(host);
                String key = phase + "-" + host + "-" + n;
                events.put(key, acknowledged(() -> publication(member, key), 201, ID));
                if (n == 0) jobs.put(key, location(acknowledged(() -> job(member, key), 202)));
                increment(member);
            }
    }

    private interface Try {
        HttpRequest.Builder request();
    }

    private static HttpRequest.Builder publication(Member member, String key) {
        return HttpRequest.newBuilder(member.uri(EVENTS))
                .header("Content-Type", "text/plain")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(key));
    }

    private static HttpRequest.Builder job(Member member, String key) {
        return HttpRequest.newBuilder(member.uri("/work/clocks/x"))
                .header("Prefer", "respond-async")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(key));
    }

    private static String location(HttpResponse<String> job) {
        return URI.create(job.headers().firstValue("Location").orElseThrow()).getPath();
    }

    private String acknowledged(Try request, int status, Pattern part) {
        Matcher matcher = part.matcher(acknowledged(request, status).body());
        assertTrue(matcher.find());
        return matcher.group(1);
    }

    /** Repeats the request until it has its answer. */
    private HttpResponse<String> acknowledged(Try request, int status) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true)
            try {
                HttpResponse<String> response = send(request.request());
                if (response.statusCode() == status) return response;
                if (response.statusCode() < 500 || System.nanoTime() > end)
                    throw new AssertionError(response + " " + response.body());
                Pause.of(Duration.ofMillis(100));
            } catch (IOException gone) {
                if (System.nanoTime() > end) throw new UncheckedIOException(gone);
                Pause.of(Duration.ofMillis(100));
            }
    }

    private void increment(Member member) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            try {
                HttpResponse<String> response =
                        send(HttpRequest.newBuilder(member.uri(COUNTER)).POST(BodyPublishers.noBody()));
                if (response.statusCode() == 200) {
                    increments++;
                    return;
                }
                if (!response.body().contains("\"outcome\":\"none\"")) unknown++;
            } catch (IOException gone) {
                unknown++;
            }
            Pause.of(Duration.ofMillis(100));
        }
        throw new AssertionError("No increment at " + member.name());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private record Logged(String id, String was) {}

    private Map<String, Logged> log(Member member, List<String> faults) throws IOException {
        Map<String, Logged> log = new HashMap<>();
        for (String cursor = "earliest"; ; ) {
            HttpResponse<String> page =
                    send(HttpRequest.newBuilder(member.uri(EVENTS + "?limit=1000&wait=0&after=" + cursor)));
            if (page.statusCode() == 204) return log;
            assertEquals(200, page.statusCode(), page.body());
            Matcher event = EVENT.matcher(page.body());
            while (event.find()) {
                Logged logged = new Logged(event.group(1), event.group(2) == null ? "" : event.group(2));
                if (log.put(event.group(3), logged) != null) faults.add("twice: " + event.group(3));
            }
            Matcher last = LAST.matcher(page.body());
            assertTrue(last.find(), page.body());
            cursor = last.group(1);
        }
    }

    private void check(Hosts hosts, String name, List<Follower> followers) throws IOException {
        List<String> faults = new ArrayList<>();
        // Every key is repeated at another member than the one where it was used first.
        int turn = 0;
        for (String key : new TreeSet<>(events.keySet())) {
            Member member = hosts.member((key.charAt(key.indexOf('-') + 1) - '0' + 1 + turn++ % 2) % 3);
            HttpResponse<String> again = acknowledged(() -> publication(member, key), 201);
            if (again.headers().firstValue("Idempotency-Replayed").isEmpty()) faults.add("key forgotten: " + key);
        }
        for (Map.Entry<String, String> job : jobs.entrySet()) {
            Member member = hosts.member(turn++ % 3);
            HttpResponse<String> again = acknowledged(() -> job(member, job.getKey()), 202);
            if (!location(again).equals(job.getValue())) faults.add("key of a job forgotten: " + job.getKey());
        }
        for (Member member : hosts.members()) {
            Map<String, Logged> log = log(member, faults);
            events.forEach((data, id) -> {
                Logged there = log.get(data);
                if (there == null) faults.add("lost: " + data);
                else if (!there.id.equals(id) && !there.was.equals(id)) faults.add("receipt untrue: " + data + there);
            });
            if (log.size() != events.size()) faults.add(log.size() + " events of " + events.size());
            long value = member.value("clocks");
            if (value < increments || value > increments + unknown)
                faults.add("counter " + value + " of " + increments + " and " + unknown);
        }
        for (Follower follower : followers) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!follower.seen.containsAll(events.keySet()) && System.nanoTime() < end)
                Pause.of(Duration.ofMillis(100));
            Set<String> missed = new TreeSet<>(events.keySet());
            missed.removeAll(follower.seen);
            if (!missed.isEmpty()) faults.add("not given to a follower: " + missed);
        }
        System.out.println("FIGURES " + name + ": events=" + events.size() + " jobs=" + jobs.size() + " increments="
                + increments + " unknown=" + unknown + " faults=" + faults.size());
        assertEquals(List.of(), faults);
    }
}
