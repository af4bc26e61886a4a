// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.io.IOException;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every kind of abuse goes on beside honest clients of three members with small heaps. The honest clients are programs on the same
 * machine, which the members know as their own; the others are strangers. Honest clients lose nothing and are not refused, and the members
 * take no more memory, threads and open files afterwards than before.
 *
 * <p>{@code mvn verify -pl cluster-tests -am -Pdrill -Ddrill.tests='%regex[.*AbuseDrill.*]' -Dabuse.seconds=1800} runs it for longer.
 * {@code -Ddrill.seed=1} repeats the same abuse. Seed 0 takes one from the clock.
 */
@Tag("drill")
class AbuseDrill {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("abuse.seconds", 60));
    private static final Duration WARM = Duration.ofSeconds(10), BETWEEN = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(3), MOST_STALL = Duration.ofSeconds(20);
    private static final long MORE_HEAP = 24 << 10, MORE_THREADS = 10, MORE_FILES = 40;
    private static final Pattern COMMIT = Pattern.compile("holdfast_build_info\\{.*commit=\"([^\"]*)\"");

    private final List<Integer> ports =
            IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
    private final AtomicInteger turn = new AtomicInteger(), newcomers = new AtomicInteger();
    private final Refusals newcomersRefusals = new Refusals();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Ledger ledger = new Ledger("counter");

    @Test
    void honestClientsLoseNothingAndAreNotRefusedWhileOthersFillWhatTheyCan() throws Exception {
        long given = Long.getLong("drill.seed", 0);
        long seed = given != 0 ? given : System.currentTimeMillis();
        try (Script backend = new Script(Map.of(
                        "/junk-stream",
                        request -> Script.answer(
                                "200 OK",
                                "Content-Type: text/plain\nGrip-Hold: stream\nGrip-Channel: junk\n",
                                "begun\n")));
                Trio trio = trio(backend.port());
                Crowd crowd = new Crowd(ledger);
                ChannelTraffic channels = new ChannelTraffic("honest", next(trio), 4, 3, 1, Duration.ofMillis(200));
                WorkTraffic work = new WorkTraffic(next(trio), ports, 8, 20);
                CameraTraffic cameras = new CameraTraffic(next(trio), 20, 20)) {
            String commit = commit(trio);
            System.out.println("FIGURES abuse: seed=" + seed + " seconds=" + TIME.toSeconds() + " commit=" + commit);
            Supplier<URI> counter = () -> next(trio).apply("/counters/honest/value/");
            crowd.writers(4, counter, Duration.ofMillis(300));
            crowd.pollers(100, counter, Duration.ofSeconds(5), Duration.ofMillis(800));
            crowd.readers(5, counter, Duration.ofMillis(300));
            await("traffic flows")
                    .atMost(PATIENCE)
                    .until(() -> ledger.acknowledgedCount() > 20
                            && channels.acknowledged() > 20
                            && work.answered() > 50
                            && cameras.answered() > 5);
            ledger.warm();

            // The first wave creates everything that is created once.
            abuse(trio, backend, seed, WARM);
            List<Footprint> before = trio.members().stream().map(Footprint::of).toList();
            System.out.println("FIGURES abuse: before " + before);
            Map<String, Long> answers = abuse(trio, backend, seed + 1, TIME);
            List<Footprint> after = returned(trio, before);

            crowd.stop();
            Function<String, URI> direct = path -> trio.members().get(0).uri(path);
            Map<String, Long> refusals = new TreeMap<>(newcomersRefusals.counts());
            for (Refusals some : List.of(ledger.refusals(), channels.refusals(), work.refusals(), cameras.refusals()))
                some.counts().forEach((what, count) -> refusals.merge(what, count, Long::sum));
            System.out.println("FIGURES abuse: seed=" + seed + " commit=" + commit + " seconds=" + TIME.toSeconds()
                    + " refusals=" + refusals + " newcomers=" + newcomers + " before=" + before + " after=" + after
                    + " " + ledger + " abuse=" + answers);
            assertAll(
                    () -> assertEquals(Map.of(), refusals, "honest clients were refused"),
                    () -> ledger.check(MOST_STALL),
                    () -> ledger.checkFinal(trio.members().get(1).value("honest")),
                    () -> {
                        channels.stop(direct);
                        channels.check("abuse, channels", direct);
                    },
                    () -> {
                        work.stop();
                        work.check("abuse, work");
                    },
                    () -> {
                        cameras.stop();
                        cameras.check("abuse, cameras");
                    },
                    () -> assertTrue(isBack(before, after), () -> "before " + before + ", after " + after));
        }
    }

    private Trio trio(int backend) throws IOException {
        Path routes = Spawned.folder("abuse").resolve("routes");
        Files.writeString(routes, Abuse.routes(backend));
        return new Trio(
                "abuse",
                i -> List.of("--user", CameraTraffic.USER, "--worker-port", Integer.toString(ports.get(i))),
                "-Xmx512m",
                "access.publish=anyone",
                "channel.keep.events=10000",
                "camera.keep=15s",
                "work.keep=15s",
                "work.job-wait=15s",
                "proxy.routes=" + routes);
    }

    private Function<String, URI> next(Trio trio) {
        return path ->
                trio.members().get(Math.floorMod(turn.getAndIncrement(), 3)).uri(path);
    }

    private static String commit(Trio trio) throws IOException {
        Member member = trio.members().get(0);
        Matcher commit =
                COMMIT.matcher(member.http().ask(member.uri("/metrics")).body());
        return commit.find() ? commit.group(1) : "?";
    }

    /** Lets it go on for that long, then ends and clears it. Returns its answers. */
    private Map<String, Long> abuse(Trio trio, Script backend, long seed, Duration time) throws Exception {
        try (Abuse abuse = new Abuse(trio.members(), backend.port(), seed)) {
            abuse.start();
            long begun = System.nanoTime(), told = begun;
            while (System.nanoTime() - begun < time.toNanos()) {
                newcomer(trio);
                Pause.of(Duration.ofSeconds(1));
                if (System.nanoTime() - told < BETWEEN.toNanos()) continue;
                told = System.nanoTime();
                progress(trio, Duration.ofNanos(told - begun), abuse);
            }
            abuse.stop();
            abuse.clear();
            return abuse.answers();
        }
    }

    private void progress(Trio trio, Duration since, Abuse abuse) throws IOException {
        List<String> shown = new ArrayList<>();
        for (Member member : trio.members()) {
            assertTrue(
                    member.process().isAlive(),
                    () -> member.name() + " has ended: " + member.process().log());
            shown.add(Footprint.atPresent(member) + " holds " + member.metric("holdfast_holds"));
        }
        System.out.println("FIGURES abuse: seconds=" + since.toSeconds() + " " + shown + " counted="
                + ledger.acknowledgedCount() + " refused=" + ledger.refusals().counts()
                + newcomersRefusals.counts() + " abuse=" + abuse.answers());
    }

    /** Somebody honest who needs a new counter, channel, camera and queue. */
    private void newcomer(Trio trio) throws InterruptedException {
        String name = "honest-" + newcomers.incrementAndGet();
        HttpRequest.BodyPublisher body = BodyPublishers.ofString("x");
        ask(
                "new counter",
                HttpRequest.newBuilder(next(trio).apply("/counters/" + name + "/value/"))
                        .POST(BodyPublishers.noBody()));
        ask(
                "new channel",
                HttpRequest.newBuilder(next(trio).apply("/channels/" + name + "/events"))
                        .POST(body));
        ask("new camera", HttpRequest.newBuilder(next(trio).apply("/cameras/" + name + "/updates/?wait=0")));
        ask(
                "new queue",
                HttpRequest.newBuilder(next(trio).apply("/work/" + name + "/x"))
                        .header("Prefer", "respond-async")
                        .POST(body));
    }

    private void ask(String what, HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> response =
                    client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
            newcomersRefusals.note(what, response);
        } catch (IOException broken) {
            ledger.fault(what + ": " + broken);
        }
    }

    /** Waits until the members take as much as before, and returns what they take in the end. */
    private static List<Footprint> returned(Trio trio, List<Footprint> before) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<Footprint> now = trio.members().stream().map(Footprint::of).toList();
            if (isBack(before, now) || System.nanoTime() > end) return now;
            Pause.of(BETWEEN);
        }
    }

    private static boolean isBack(List<Footprint> before, List<Footprint> after) {
        return IntStream.range(0, before.size())
                .allMatch(i -> after.get(i).heap() <= before.get(i).heap() + MORE_HEAP
                        && after.get(i).threads() <= before.get(i).threads() + MORE_THREADS
                        && after.get(i).files() <= before.get(i).files() + MORE_FILES);
    }
}
