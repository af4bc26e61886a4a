// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two thousand clients are held behind HAProxy when a member is lost, and all that it held come again at once. They are held by the others
 * within seconds, and one increment releases all of them.
 */
@Tag("alone")
class HeldAgainIT {
    private static final int CLIENTS = 2_000;
    private static final Duration AGAIN = Duration.ofSeconds(5), PATIENCE = Duration.ofMinutes(3);
    private static final String COUNTER = "/counters/again/value/";

    private final AtomicInteger released = new AtomicInteger(),
            answered = new AtomicInteger(),
            cut = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void allAreHeldAgainSoonAfterAMemberIsKilled() throws Exception {
        loseAMember("killed", Member::kill);
        assertTrue(cut.get() > 0, "the member held nobody");
    }

    @Test
    void allAreHeldAgainSoonAfterAMemberIsStopped() throws Exception {
        loseAMember("stopped", Member::stop);
        assertEquals(0, cut.get(), "a stop cuts nobody");
    }

    private void loseAMember(String how, Consumer<Member> lose) throws Exception {
        try (Trio trio = new Trio("again-" + how, "hold.longest=120s", "cluster.heartbeat-limit=30s");
                Balancer balancer = Balancer.haproxy(trio.members());
                Http http = new Http()) {
            URI hold = balancer.uri(COUNTER + "?last=0&wait=100");
            for (int i = 0; i < CLIENTS; i++) ask(http, hold);
            await("all are held").atMost(PATIENCE).until(() -> holds(trio.members()) == CLIENTS);

            Member lost = trio.members().get(1);
            List<Member> others = List.of(trio.members().get(0), trio.members().get(2));
            long theirs = (long) lost.metric("holdfast_holds");
            lose.accept(lost);
            long gone = OwnTime.now();
            await("all are held again")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> holds(others) == CLIENTS);
            Duration again = OwnTime.since(gone);
            System.out.println("FIGURES held again after a member was " + how + ": clients=" + CLIENTS
                    + " of the lost member=" + theirs + " all-held-ms=" + again.toMillis() + " answered="
                    + answered.get() + " cut=" + cut.get());
            assertTrue(again.compareTo(AGAIN) <= 0, () -> "Held again after " + again);

            Member any = others.get(0);
            HttpResponse<String> raised =
                    any.http().post(any.uri(COUNTER), PATIENCE).get(3, TimeUnit.MINUTES);
            assertEquals(200, raised.statusCode(), raised.body());
            await("all are released").atMost(PATIENCE).until(() -> released.get() == CLIENTS);
        } finally {
            over.set(true);
        }
    }

    /** Asks, and asks again after any answer but the new value, a moment later as browsers do. */
    private void ask(Http http, URI hold) {
        var unused = http.get(hold, PATIENCE).whenComplete((response, error) -> {
            if (response != null
                    && response.statusCode() == 200
                    && response.body().strip().equals("1")) {
                released.incrementAndGet();
                return;
            }
            (isServed(response) ? answered : cut).incrementAndGet();
            if (over.get()) return;
            CompletableFuture.delayedExecutor(50 + ThreadLocalRandom.current().nextInt(200), TimeUnit.MILLISECONDS)
                    .execute(() -> ask(http, hold));
        });
    }

    private static boolean isServed(@Nullable HttpResponse<String> response) {
        return response != null && response.statusCode() == 200;
    }

    private static long holds(List<Member> members) throws IOException {
        long sum = 0;
        for (Member member : members) sum += (long) member.metric("holdfast_holds");
        return sum;
    }
}
