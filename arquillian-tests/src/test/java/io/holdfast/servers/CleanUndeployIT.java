// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/** Holdfast is deployed, used and undeployed ten times. It answers all held requests and leaves nothing behind. */
class CleanUndeployIT {
    private static final int ROUNDS = 10, FIRST_ROUNDS = 3, HELD = 20;
    /** A deployment that stays takes more than twice as much metaspace. */
    private static final long TOLERATED = 8 << 20;

    private final Client client = new Client();

    /** A check of a server while Holdfast is deployed. */
    private interface Check {
        void run() throws Exception;
    }

    @Test
    void tomcatKeepsNothing() throws Exception {
        nothingIsLeftBehind(Server.Kind.TOMCAT);
    }

    @Test
    void wildFlyKeepsNothing() throws Exception {
        nothingIsLeftBehind(Server.Kind.WILDFLY);
    }

    @Test
    void payaraKeepsNothing() throws Exception {
        nothingIsLeftBehind(Server.Kind.PAYARA);
    }

    private void nothingIsLeftBehind(Server.Kind kind) throws Exception {
        Map<String, String> settings = Map.of("cluster.port", Integer.toString(Ports.free()), "drain.window", "200ms");
        try (Server server = Server.of(kind, "undeployed", settings)) {
            server.start();
            try (Inside inside = Inside.of(server.process())) {
                Set<String> before = inside.traces();
                round(server, () -> theCheckSeesADeployment(inside, before));
                for (int i = 1; i < FIRST_ROUNDS; i++) round(server);
                awaitGone(server, inside);
                long afterFirst = inside.metaspace();
                for (int i = FIRST_ROUNDS; i < ROUNDS; i++) round(server);
                awaitGone(server, inside);
                long afterAll = inside.metaspace();
                System.out.println(
                        kind + ": metaspace after 3 rounds " + afterFirst / 1024 + " KiB, after 10 " + afterAll / 1024);
                Set<String> after = new TreeSet<>(inside.traces());
                after.removeAll(before);
                assertEquals(Set.of(), after);
                assertTrue(afterAll < afterFirst + TOLERATED, "metaspace grew from " + afterFirst + " to " + afterAll);
            }
            assertFalse(server.log().contains("checkThreadLocalMapForLeaks"), "the server found thread-locals of ours");
        }
    }

    /** Makes sure that the final check would see a deployment that stays. */
    private static void theCheckSeesADeployment(Inside inside, Set<String> before) throws Exception {
        assertEquals(1, inside.deployments());
        Set<String> ours = new TreeSet<>(inside.traces());
        ours.removeAll(before);
        for (String kind : new String[] {"thread holdfast-", "member ", "bean io.holdfast:"})
            assertTrue(ours.stream().anyMatch(trace -> trace.startsWith(kind)), () -> "no " + kind + " among " + ours);
    }

    private void round(Server server) throws Exception {
        round(server, () -> {});
    }

    /** Deploys, releases one request, holds many, checks, and undeploys. All held requests are answered. */
    private void round(Server server, Check check) throws Exception {
        server.deploy(Build.war());
        server.awaitReady(client);
        CompletableFuture<HttpResponse<String>> released =
                client.hold(server.base().resolve("counter/value/?last=0&wait=60"));
        awaitHolds(server, 1);
        assertEquals("1\n", client.post(server.base().resolve("counter/value/")).body());
        assertEquals("1\n", released.get(60, TimeUnit.SECONDS).body());
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < HELD; i++) held.add(client.hold(server.base().resolve("counter/value/?last=1&wait=60")));
        awaitHolds(server, HELD);
        check.run();
        server.undeploy();
        for (CompletableFuture<HttpResponse<String>> one : held) {
            HttpResponse<String> answer = one.get(60, TimeUnit.SECONDS);
            assertEquals(200, answer.statusCode());
            assertEquals("{}\n", answer.body());
        }
    }

    private void awaitHolds(Server server, int count) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            String ready = client.get(server.base().resolve("health/ready")).body();
            assertTrue(ready.contains("\"holds\":" + count), ready);
        });
    }

    /** The threads of a server may keep objects of their last task until the next one, or until they end. */
    private void awaitGone(Server server, Inside inside) throws Exception {
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        server.distract();
                        assertEquals(0, inside.deployments());
                    });
        } catch (ConditionTimeoutException e) {
            Path dump = Build.run(server.layout.name() + ".hprof");
            inside.dump(dump);
            throw new AssertionError("A deployment stays; " + dump + " shows who keeps it", e);
        }
    }
}
