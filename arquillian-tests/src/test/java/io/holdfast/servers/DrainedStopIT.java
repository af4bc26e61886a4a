// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each server is stopped as its page says: it turns balancers away, serves everything meanwhile, and answers all that it holds. */
class DrainedStopIT {
    private static final int HELD = 20;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Client client = new Client();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void isNotReadyFirstThenAnswersThoseItHolds(Server.Kind kind) throws Exception {
        Map<String, String> settings = Map.of("cluster.port", Integer.toString(Ports.free()), "drain.delay", "5s");
        try (Server server = Server.of(kind, "drained", settings)) {
            server.start();
            server.deploy(Build.war());
            server.awaitReady(client);
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < HELD; i++)
                held.add(client.hold(server.base().resolve("counter/value/?last=0&wait=120")));
            Awaitility.await().atMost(LONG).until(() -> ready(server).body().contains("\"holds\":" + HELD));

            CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> stop(server));

            Awaitility.await().atMost(LONG).until(() -> ready(server).statusCode() == 503);
            assertTrue(held.stream().noneMatch(CompletableFuture::isDone), "held requests are answered too early");
            assertEquals(
                    "1\n",
                    client.post(server.base().resolve("counters/other/value/")).body());
            for (CompletableFuture<HttpResponse<String>> one : held) {
                HttpResponse<String> answer = one.get(60, TimeUnit.SECONDS);
                assertEquals(200, answer.statusCode());
                assertEquals("{}\n", answer.body());
            }
            stop.get(Server.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private HttpResponse<String> ready(Server server) throws IOException, InterruptedException {
        return client.get(server.base().resolve("health/ready"));
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
