// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Members that send each other no signals, so that the sweep releases the requests that other members hold. */
@Tag("alone")
class SilentTopicIT {
    private static final String PATH = "/counters/silent/value/";
    private static final int EACH = 100, ROUNDS = 3;
    private static final Duration LONG = Duration.ofSeconds(40);

    @Test
    void waitersOnEveryMemberAreReleasedWithinThreeSecondsWithoutAnySignal() throws Exception {
        try (Trio trio = new Trio("silent", "cluster.signals=off");
                Http http = new Http()) {
            Map<String, Long> slowest = new TreeMap<>();
            for (int round = 0; round < ROUNDS; round++) release(trio, http, round, slowest);
            System.out.println(
                    "FIGURES no signals: slowest release by member, the first of which was told, in ms=" + slowest);
            slowest.forEach((member, millis) -> assertTrue(millis <= 3_000, slowest::toString));
            // The sweep released the requests at the other members, and not a signal that should be off.
            assertTrue(slowest.getOrDefault(trio.members().get(2).name(), 0L) > 100, slowest::toString);
        }
    }

    private static void release(Trio trio, Http http, int round, Map<String, Long> slowest) throws Exception {
        Map<String, Long> answered = new ConcurrentSkipListMap<>();
        List<CompletableFuture<HttpResponse<String>>> waiters = new ArrayList<>();
        for (Member member : trio.members())
            for (int i = 0; i < EACH; i++)
                waiters.add(http.get(member.uri(PATH + "?last=" + round + "&wait=30"), LONG)
                        .whenComplete((r, e) -> answered.merge(member.name(), OwnTime.now(), Math::max)));
        for (Member member : trio.members())
            await("all are held").atMost(Duration.ofMinutes(3)).until(() -> member.metric("holdfast_holds") == EACH);

        long begun = OwnTime.now();
        Member told = trio.members().get(0);
        String value = http.post(told.uri(PATH), LONG).get(60, SECONDS).body().strip();
        assertEquals(Integer.toString(round + 1), value);
        for (CompletableFuture<HttpResponse<String>> waiter : waiters)
            assertEquals(value, waiter.get(60, SECONDS).body().strip());
        answered.forEach(
                (member, at) -> slowest.merge(member, OwnTime.between(begun, at).toMillis(), Math::max));
    }
}
