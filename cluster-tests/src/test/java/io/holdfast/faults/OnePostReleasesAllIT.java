// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three members behind a balancer hold a thousand clients, and one {@code POST} releases all. */
@Tag("alone")
class OnePostReleasesAllIT {
    private static final int WAITERS = 1_000;
    private static final Duration LONG = Duration.ofMinutes(3);

    private static Trio trio;

    @BeforeAll
    static void start() {
        trio = new Trio("one-post");
    }

    @AfterAll
    static void stop() {
        trio.close();
    }

    @Test
    void behindHaproxyOnePostReleasesEveryWaiterOnceWithTheNewValue() throws Exception {
        onePostReleasesEveryWaiterOnce("haproxy", Balancer::haproxy);
    }

    @Test
    void behindNginxOnePostReleasesEveryWaiterOnceWithTheNewValue() throws Exception {
        onePostReleasesEveryWaiterOnce("nginx", Balancer::nginx);
    }

    private void onePostReleasesEveryWaiterOnce(String name, Function<List<Member>, Balancer> kind) throws Exception {
        String path = "/counters/" + name + "/value/";
        try (Balancer balancer = kind.apply(trio.members());
                Http http = new Http()) {
            List<CompletableFuture<HttpResponse<String>>> waiters = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) waiters.add(http.get(balancer.uri(path + "?last=0&wait=50"), LONG));
            List<Integer> held = awaitHeld();

            long begun = System.nanoTime();
            assertEquals(
                    "1",
                    http.post(balancer.uri(path), LONG).get(10, SECONDS).body().strip());
            CompletableFuture.allOf(waiters.toArray(CompletableFuture[]::new)).get(10, SECONDS);
            long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            for (CompletableFuture<HttpResponse<String>> waiter : waiters) {
                assertEquals(200, waiter.get().statusCode());
                assertEquals("1", waiter.get().body().strip());
            }

            // A second answer to a client would now be read as the answer to the next request on the same connection.
            List<CompletableFuture<HttpResponse<String>>> next = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) next.add(http.get(balancer.uri(path + "?last=1&wait=1"), LONG));
            for (CompletableFuture<HttpResponse<String>> waiter : next)
                assertEquals("{}", waiter.get(10, SECONDS).body().strip());
            System.out.println(
                    "FIGURES one POST, 1000 waiters behind " + name + ": held=" + held + " all-answered-ms=" + millis);
        }
    }

    /** Waits until all clients are held and each member holds its share. */
    private static List<Integer> awaitHeld() {
        List<Integer> held = new ArrayList<>();
        await("all are held").atMost(Duration.ofMinutes(3)).until(() -> {
            held.clear();
            for (Member member : trio.members()) held.add((int) member.metric("holdfast_holds"));
            return held.stream().mapToInt(Integer::intValue).sum() == WAITERS;
        });
        for (int count : held) assertTrue(count > WAITERS / 5, () -> "Not spread: " + held);
        return held;
    }
}
