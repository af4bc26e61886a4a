// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tomcat, WildFly and Payara as one cluster. */
class MixedClusterIT {
    private static final int WAITERS = 1000;
    private static final List<Server> SERVERS = new ArrayList<>();

    private final Client client = new Client();

    @BeforeAll
    static void start() throws Exception {
        String peers = "127.0.0.1:23711,127.0.0.1:23712,127.0.0.1:23713";
        int port = 23711;
        for (Server.Kind kind : Server.Kind.values()) {
            Server server = Server.of(
                    kind,
                    Map.of("cluster.name", "mixed", "cluster.port", Integer.toString(port++), "cluster.peers", peers));
            SERVERS.add(server);
            server.start();
            server.deploy(Build.war());
        }
    }

    @AfterAll
    static void stop() {
        for (Server server : SERVERS) server.close();
    }

    @Test
    void aThousandWaitersOnThreeKindsOfServersAreReleasedByOneIncrement() throws Exception {
        for (Server server : SERVERS) awaitReady(server, "\"members\":3");
        for (int value = 0; value < SERVERS.size(); value++) releaseAll(value, SERVERS.get(value));
    }

    private void releaseAll(int value, Server releaser) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++)
            held.add(client.hold(
                    SERVERS.get(i % SERVERS.size()).base().resolve("counters/mixed/value/?wait=60&last=" + value)));
        for (int i = 0; i < SERVERS.size(); i++)
            awaitReady(SERVERS.get(i), "\"holds\":" + (WAITERS + SERVERS.size() - 1 - i) / SERVERS.size());
        long start = System.nanoTime();
        assertEquals(
                value + 1 + "\n",
                client.post(releaser.base().resolve("counters/mixed/value/")).body());
        for (CompletableFuture<HttpResponse<String>> one : held)
            assertEquals(value + 1 + "\n", one.get(30, TimeUnit.SECONDS).body());
        System.out.println(WAITERS + " waiters released from "
                + releaser.getClass().getSimpleName() + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        for (Server server : SERVERS) awaitReady(server, "\"holds\":0");
    }

    private void awaitReady(Server server, String expected) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            HttpResponse<String> ready = client.get(server.base().resolve("health/ready"));
            assertTrue(ready.statusCode() == 200 && ready.body().contains(expected), ready.body());
        });
    }
}
