// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The transcoder and the gateway of {@code examples}, run as their pages say, on three members behind each balancer. */
class WorkExamplesIT {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int FILMS = 12;

    private static Trio trio;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        trio = new Trio("work-examples", "access.worker=anyone");
    }

    @AfterAll
    static void stop() {
        trio.close();
    }

    private static Spawned transcoder(String name, Balancer balancer, String... program) {
        List<String> command = new ArrayList<>(List.of(
                "node",
                EXAMPLES.resolve("transcoder/transcoder.mjs").toString(),
                balancer.uri("/workers/" + name).toString()));
        command.addAll(List.of(program));
        return Spawned.start("transcoder-" + name, command, Map.of());
    }

    private static void idle(String queue, int workers) {
        await("they have dialled in").atMost(PATIENCE).until(() -> {
            double idle = 0;
            for (Member member : trio.members())
                idle += member.http()
                        .ask(member.uri("/metrics"))
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("holdfast_queue_idle{queue=\"" + queue + "\"} "))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                        .sum();
            return idle == workers;
        });
    }

    private CompletableFuture<HttpResponse<byte[]>> film(URI uri, byte[] film) {
        return client.sendAsync(
                HttpRequest.newBuilder(uri)
                        .timeout(PATIENCE)
                        .POST(BodyPublishers.ofByteArray(film))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private void transcodes(String name, Function<List<Member>, Balancer> kind) throws Exception {
        try (Balancer balancer = kind.apply(trio.members());
                Spawned one = transcoder(name, balancer, "tr", "a-z", "A-Z");
                Spawned two = transcoder(name, balancer, "tr", "a-z", "A-Z")) {
            idle(name, 2);
            List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
            for (int i = 0; i < FILMS; i++)
                all.add(film(
                        balancer.uri("/work/" + name + "/"),
                        ("film " + i + " ").repeat(100_000).getBytes(UTF_8)));
            for (int i = 0; i < FILMS; i++) {
                HttpResponse<byte[]> response = all.get(i).get(30, TimeUnit.SECONDS);
                assertEquals(200, response.statusCode());
                assertArrayEquals(
                        ("film " + i + " ")
                                .repeat(100_000)
                                .toUpperCase(Locale.ROOT)
                                .getBytes(UTF_8),
                        response.body());
            }
            idle(name, 2);
            assertTrue(one.isAlive() && two.isAlive());
        }
    }

    @Test
    void filmsAreTranscodedBehindHaproxy() throws Exception {
        transcodes("haproxy", Balancer::haproxy);
    }

    @Test
    void filmsAreTranscodedBehindNginx() throws Exception {
        transcodes("nginx", Balancer::nginx);
    }

    @Test
    void theFailureOfAProgramIsReported() throws Exception {
        try (Balancer balancer = Balancer.haproxy(trio.members());
                Spawned worker = transcoder("failing", balancer, "false")) {
            HttpResponse<byte[]> response =
                    film(balancer.uri("/work/failing/"), new byte[9]).get(30, TimeUnit.SECONDS);
            assertEquals(422, response.statusCode());
            assertEquals("false has ended with 1\n", new String(response.body(), UTF_8));
            assertTrue(worker.isAlive());
        }
    }

    @Test
    void aModelThatFailsIsReportedAtOnceAndTheWorkerGoesOn() throws Exception {
        String model = EXAMPLES.resolve("ai-gateway/model.mjs").toString();
        try (Balancer balancer = Balancer.haproxy(trio.members());
                Spawned worker = Spawned.start(
                        "failing-model",
                        List.of(
                                "node",
                                model,
                                balancer.uri("/workers/failing-model").toString()),
                        Map.of())) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> response = film(
                                balancer.uri("/work/failing-model/generate"), "no JSON".getBytes(UTF_8))
                        .get(60, TimeUnit.SECONDS);
                assertEquals(500, response.statusCode());
                String body = new String(response.body(), UTF_8);
                assertTrue(body.contains("\"error\":\"SyntaxError"), body);
            }
            assertTrue(worker.isAlive());
        }
    }

    @Test
    void theAnswerToAPromptGrowsWhileItIsRead() throws IOException {
        String model = EXAMPLES.resolve("ai-gateway/model.mjs").toString(),
                ask = EXAMPLES.resolve("ai-gateway/ask.sh").toString();
        try (Balancer balancer = Balancer.haproxy(trio.members());
                Spawned worker = Spawned.start(
                        "model",
                        List.of("node", model, balancer.uri("/workers/model").toString()),
                        Map.of())) {
            String shown = Spawned.run(ask, balancer.uri("/work/model/generate").toString(), "Good morning");
            assertTrue(shown.contains("running You have\n"), shown);
            assertTrue(shown.contains("running You have said Good\n"), shown);
            assertTrue(shown.endsWith("You have said Good morning\n"), shown);
            assertTrue(worker.isAlive());
        }
    }
}
