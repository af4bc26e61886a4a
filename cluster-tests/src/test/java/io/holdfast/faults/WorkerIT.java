// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Holdfast;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker program as shipped, between real members and an application. */
class WorkerIT {
    private static final Duration START = Duration.ofMinutes(3), LONG = Duration.ofMinutes(3);
    private static final int REQUESTS = 200, AT_ONCE = 20, LARGE = 50_000_000;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** Starts the program, attached to these members, with four requests at a time. */
    private static Spawned worker(String name, String mode, List<String> addresses, Application application) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-jar", jar()));
        command.addAll(List.of("worker", "--mode", mode, "--concurrency", "4", "--connect"));
        command.add(String.join(",", addresses));
        command.addAll(List.of("--forward", application.uri().toString()));
        Spawned worker = Spawned.start(name, command, Map.of());
        await(name + " is attached").atMost(START).until(() -> {
            if (!worker.isAlive()) throw new AssertionError(worker.log());
            return worker.log().contains("by " + mode);
        });
        return worker;
    }

    private static String jar() {
        try {
            return Path.of(Holdfast.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> addresses(String mode, List<Member> members, List<Integer> ports) {
        return IntStream.range(0, members.size())
                .mapToObj(i -> mode.equals("tcp")
                        ? "tcp://127.0.0.1:" + ports.get(i)
                        : "http://" + members.get(i).httpAddress())
                .toList();
    }

    /** The outcome of a request. */
    private record Told(String id, boolean once, int status, String body) {
        /** Instead of a status: the response began and was broken off. */
        static final int BROKEN_OFF = -1;
    }

    private CompletableFuture<Told> ask(URI uri, String id, boolean once) {
        HttpRequest request = HttpRequest.newBuilder(uri.resolve("/work/default/" + id))
                .timeout(LONG)
                .method(once ? "POST" : "PUT", BodyPublishers.ofString(id))
                .build();
        AtomicBoolean begun = new AtomicBoolean();
        return client.sendAsync(request, head -> {
                    begun.set(true);
                    return BodyHandlers.ofString().apply(head);
                })
                .handle((response, error) -> {
                    if (response != null) return new Told(id, once, response.statusCode(), response.body());
                    if (begun.get()) return new Told(id, once, Told.BROKEN_OFF, error.toString());
                    throw new CompletionException(error);
                });
    }

    /** Sends all requests, a few at a time, and runs a task after half of them. */
    private List<Told> askAll(List<URI> members, Runnable halfway) throws Exception {
        List<CompletableFuture<Told>> all = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            if (i == REQUESTS / 2) halfway.run();
            if (i >= AT_ONCE) get(all.get(i - AT_ONCE));
            all.add(ask(members.get(i % members.size()), "r" + i, i % 2 == 0));
        }
        List<Told> told = new ArrayList<>();
        for (CompletableFuture<Told> one : all) told.add(get(one));
        return told;
    }

    private static <T> T get(CompletableFuture<T> one) throws Exception {
        return one.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pull", "upgrade", "tcp"})
    void everyRequestIsAnsweredAndNonePerformedTwiceThatMayNotBeWhenAMemberIsKilled(String mode) throws Exception {
        List<Integer> ports = IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
        try (Application application = new Application(Duration.ofMillis(20));
                Trio trio = new Trio(
                        "worker-" + mode,
                        i -> List.of("--worker-port", Integer.toString(ports.get(i))),
                        "work.ack=2s");
                Spawned worker =
                        worker("worker-kill-" + mode, mode, addresses(mode, trio.members(), ports), application)) {
            Member victim = trio.members().get(2);
            List<URI> asked = trio.members().subList(0, 2).stream()
                    .map(member -> member.uri("/"))
                    .toList();

            List<Told> told = askAll(asked, victim::kill);

            Map<Integer, Long> statuses =
                    told.stream().collect(Collectors.groupingBy(Told::status, Collectors.counting()));
            System.out.println("FIGURES worker " + mode + ": " + statuses);
            for (Told one : told) {
                if (one.status() == 200) assertEquals(one.id(), one.body());
                // A response that has begun cannot be taken back when the member of its worker dies.
                else if (one.status() != Told.BROKEN_OFF)
                    assertTrue(one.once() && one.body().contains("\"outcome\""), one::toString);
                int times = application.performed().getOrDefault("/" + one.id(), 0);
                if (one.body().contains("\"outcome\":\"none\"")) assertEquals(0, times, one::toString);
                if (one.once()) assertTrue(times <= 1, one + " was performed " + times + " times");
            }
            // Four requests were in progress when one of three members died.
            assertTrue(statuses.getOrDefault(200, 0L) >= REQUESTS - 4, statuses + "\n" + worker.log());
        }
    }

    @Test
    void aRequestMayTakeLongerThanTheLease() throws Exception {
        try (Application application = new Application(Duration.ofSeconds(5));
                Member member = alone("worker-lease", Ports.free(), "work.lease=1s");
                Spawned worker = worker(
                        "worker-lease-program", "pull", List.of("http://" + member.httpAddress()), application)) {
            Told told = get(ask(member.uri("/"), "long", true));

            assertEquals(200, told.status(), () -> told + "\n" + worker.log());
            assertEquals(Map.of("/long", 1), application.performed());
        }
    }

    /** Starts a member alone, with a worker port. */
    private static Member alone(String name, int port, String... settings) {
        int memberPort = Ports.free();
        Member member = new Member(
                name,
                "127.0.0.1",
                Ports.free(),
                memberPort,
                List.of(),
                Stream.concat(Stream.of("work.ack=2s"), Stream.of(settings)).toList(),
                List.of("--cluster-port", Integer.toString(memberPort), "--worker-port", Integer.toString(port)));
        member.awaitReady(1, START);
        return member;
    }

    @ParameterizedTest
    @ValueSource(strings = {"pull", "upgrade", "tcp"})
    void aStoppedWorkerLosesNothingAndTheOtherGoesOn(String mode) throws Exception {
        int port = Ports.free();
        try (Application application = new Application(Duration.ofMillis(100));
                Member member = alone("worker-stop-" + mode, port)) {
            List<String> address = addresses(mode, List.of(member), List.of(port));
            try (Spawned first = worker("worker-first-" + mode, mode, address, application);
                    Spawned second = worker("worker-second-" + mode, mode, address, application)) {
                List<Told> told = askAll(List.of(member.uri("/")), () -> first.signal("TERM"));

                for (Told one : told) {
                    assertEquals(200, one.status(), one::toString);
                    assertEquals(one.id(), one.body());
                    assertEquals(1, application.performed().get("/" + one.id()), one::toString);
                }
                assertEquals(143, first.awaitEnd(Duration.ofMinutes(3)));
                String log = first.log();
                assertTrue(log.contains("Stops") && log.contains(" 200 ") && !log.contains("lost"), log);
                assertTrue(second.log().contains(" 200 "), second::log);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pull", "upgrade", "tcp"})
    void theWorkerWaitsForAnApplicationThatIsAway(String mode) throws Exception {
        int port = Ports.free();
        try (Application application = new Application(Duration.ofSeconds(1));
                Member member = alone("worker-away-" + mode, port);
                Spawned worker = worker(
                        "worker-away-program-" + mode,
                        mode,
                        addresses(mode, List.of(member), List.of(port)),
                        application)) {
            CompletableFuture<Told> under = ask(member.uri("/"), "under-way", true);
            await().atMost(START).until(() -> application.performed().containsKey("/under-way"));

            application.stop();
            Told dead = get(under);
            assertEquals(502, dead.status(), dead::toString);
            assertTrue(dead.body().contains("\"outcome\":\"unknown\""), dead::toString);

            // The first request finds the application away, and the worker stops taking others.
            Told found = get(ask(member.uri("/"), "found", true)
                    .completeOnTimeout(new Told("found", true, 0, ""), 3, TimeUnit.SECONDS));
            if (mode.equals("pull")) assertEquals(0, found.status(), "it waits");
            else assertTrue(found.status() == 0 || found.body().contains("\"outcome\":\"none\""), found::toString);
            List<CompletableFuture<Told>> waiting = IntStream.range(0, 20)
                    .mapToObj(i -> ask(member.uri("/"), "waits" + i, i < 4))
                    .toList();
            await().atMost(START).until(() -> worker.log().contains("The application cannot be reached"));
            application.start();

            for (CompletableFuture<Told> one : waiting) {
                Told told = get(one);
                int times = application.performed().getOrDefault("/" + told.id(), 0);
                if (told.status() == 200) assertEquals(1, times, told::toString);
                else {
                    assertTrue(!mode.equals("pull") && told.once(), told::toString);
                    assertEquals(0, times, told::toString);
                    assertTrue(told.body().contains("\"outcome\":\"none\""), told::toString);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pull", "upgrade", "tcp"})
    void largeBodiesGoBothWays(String mode) throws Exception {
        int port = Ports.free();
        try (Application application = new Application(Duration.ZERO);
                Member member = alone("worker-large-" + mode, port);
                Spawned worker = worker(
                        "worker-large-program-" + mode,
                        mode,
                        addresses(mode, List.of(member), List.of(port)),
                        application)) {
            byte[] large = new byte[LARGE];
            new Random(7).nextBytes(large);
            HttpRequest request = HttpRequest.newBuilder(member.uri("/work/default/large"))
                    .timeout(LONG)
                    .POST(BodyPublishers.ofByteArray(large))
                    .build();

            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());

            assertEquals(200, response.statusCode());
            assertEquals("POST", response.headers().firstValue("X-Method").orElse(""));
            assertEquals(
                    digest(InputStream.nullInputStream(), large), digest(response.body(), new byte[0]), worker::log);
        }
    }

    /** The digest of the bytes and of the rest of the stream. */
    private static String digest(InputStream in, byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            new DigestInputStream(in, digest).transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
