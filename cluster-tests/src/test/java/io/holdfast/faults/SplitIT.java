// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The network drops every packet between one member and the two others, and heals. That member is the oldest, which leads the cluster, or
 * the youngest. With a minimum size of one, clients keep to their side until every member is in the whole cluster again. With the usual
 * one, they go round robin over all members all the time.
 */
@Tag("alone")
class SplitIT {
    private static final String PATH = "/counters/split/value/";
    private static final int OLDEST = 0, YOUNGEST = 2;
    private static final Duration TO_SPLIT = Duration.ofSeconds(30), TO_MERGE = Duration.ofSeconds(60);
    /** How long a test waits for its members on a machine that is busy with other work. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Duration WAIT = Duration.ofSeconds(5), BETWEEN = Duration.ofMillis(200);

    @Test
    void withoutAMinimumSizeBothSidesGoOnAndNothingAcknowledgedIsLost() throws Exception {
        splitWithoutAMinimum(YOUNGEST);
    }

    @Test
    @Tag("drill")
    void withoutAMinimumSizeNothingIsLostWhenTheOldestIsIsolated() throws Exception {
        splitWithoutAMinimum(OLDEST);
    }

    private static void splitWithoutAMinimum(int isolated) throws Exception {
        try (Lan lan = new Lan();
                Cluster cluster = new Cluster(
                        lan,
                        isolated,
                        "split-open",
                        "cluster.minimum-size=1",
                        "access.worker=anyone",
                        "work.hold=5m")) {
            Ledger many = new Ledger("two members"), one = new Ledger("one member");
            try (Crowd left = cluster.crowd(many, cluster.others());
                    Crowd right = cluster.crowd(one, List.of(isolated))) {
                await("traffic flows").until(() -> many.acknowledgedCount() > 50 && one.acknowledgedCount() > 50);
                long manyBefore = many.acknowledgedCount(), oneBefore = one.acknowledgedCount();
                Member apart = cluster.member(isolated);
                CompletableFuture<HttpResponse<String>> asking =
                        apart.http().get(apart.uri("/work/split/held"), Duration.ofMinutes(5));
                await("it waits").until(() -> apart.metric("holdfast_work_requests") == 1);
                // The cluster needs time to learn of the request, because one that is lost on the way is refused.
                Pause.of(Duration.ofSeconds(2));
                cluster.split();
                for (int other : cluster.others()) cluster.member(other).awaitReady(2, PATIENCE);
                apart.awaitReady(1, PATIENCE);
                cluster.assertNoticedInTime();
                Pause.of(Duration.ofSeconds(6));
                assertTrue(many.acknowledgedCount() > manyBefore + 50, many::toString);
                assertTrue(one.acknowledgedCount() > oneBefore + 50, one::toString);
                long acknowledgedByBoth = many.acknowledgedCount() + one.acknowledgedCount();
                for (int side : List.of(cluster.others().get(0), isolated)) {
                    long value = cluster.member(side).value("split");
                    assertTrue(
                            value < acknowledgedByBoth,
                            () -> value + " has increments of the other side; " + many + one);
                }

                cluster.heal();
                left.stop();
                right.stop();
                assertFalse(
                        asking.isDone(),
                        () -> "It was answered: " + asking.join().body());
                performs(cluster.member(cluster.others().get(0)), "/held");
                assertEquals(200, asking.get(3, TimeUnit.MINUTES).statusCode(), "its member has merged");
            }
            System.out.println("FIGURES split without a minimum: " + many);
            System.out.println("FIGURES split without a minimum: " + one);
            many.check(Duration.ofSeconds(12));
            one.check(Duration.ofSeconds(12));
            long acknowledged = many.acknowledgedCount() + one.acknowledgedCount();
            long unknown = many.unknownCount() + one.unknownCount();
            for (long value : cluster.values())
                assertTrue(
                        value >= acknowledged && value <= acknowledged + unknown,
                        () -> "The counter stands at " + value + "; " + many + "; " + one);
        }
    }

    /** Takes a request from that member as a worker, and answers it. */
    private static void performs(Member member, String path) throws Exception {
        Http http = member.http();
        HttpResponse<String> given = http.get(member.uri("/workers/split/next?wait=20"), Duration.ofSeconds(30))
                .get();
        assertEquals(path, given.headers().firstValue("Work-Path").orElseGet(given::toString));
        String lease = given.headers().firstValue("Location").orElseThrow(),
                token = given.headers().firstValue("Work-Token").orElseThrow();
        assertEquals(
                204,
                http.post(member.uri(lease + "/response?token=" + token), Duration.ofSeconds(20))
                        .get()
                        .statusCode());
    }

    @Test
    void withAMinimumSizeTheMinorityRefusesAndTheMajorityGoesOn() throws Exception {
        splitWithAMinimum(OLDEST);
    }

    @Test
    @Tag("drill")
    void withAMinimumSizeTheMinorityRefusesWhenTheYoungestIsIsolated() throws Exception {
        splitWithAMinimum(YOUNGEST);
    }

    private static void splitWithAMinimum(int isolated) throws Exception {
        Ledger all = new Ledger("all");
        try (Lan lan = new Lan();
                Cluster cluster = new Cluster(lan, isolated, "split-minimum");
                Crowd crowd = cluster.crowd(all, List.of(0, 1, 2))) {
            await("traffic flows").until(() -> all.acknowledgedCount() > 100);
            cluster.split();
            for (int other : cluster.others()) cluster.member(other).awaitReady(2, PATIENCE);
            await("the minority refuses").atMost(PATIENCE).until(() -> all.refusedCount() > 0);
            cluster.assertNoticedInTime();
            long before = all.acknowledgedCount(), refusedBefore = all.refusedCount();
            Pause.of(Duration.ofSeconds(6));
            assertTrue(all.acknowledgedCount() > before + 50, all::toString);
            assertTrue(all.refusedCount() > refusedBefore + 10, all::toString);
            assertEquals(503, status(cluster.member(isolated), PATH));
            assertEquals(503, status(cluster.member(isolated), "/health/ready"));
            assertEquals(200, status(cluster.member(isolated), "/health/live"));

            cluster.heal();
            crowd.stop();
            System.out.println("FIGURES split with a minimum of 2: " + all);
            all.check(TO_SPLIT.plus(TO_MERGE)); // a writer may meet the minority before it knows
            for (long value : cluster.values()) all.checkFinal(value);
        }
    }

    private static int status(Member member, String path) throws IOException {
        return member.http().ask(member.uri(path)).statusCode();
    }

    /** Three members, each on a host of its own, and clients that know their addresses. */
    private static final class Cluster implements AutoCloseable {
        private final Lan lan;
        private final int isolated;
        private final Hosts hosts;
        private final AtomicBoolean whole = new AtomicBoolean();
        private final AtomicInteger turn = new AtomicInteger();
        private long split;

        Cluster(Lan lan, int isolated, String name, String... settings) {
            this.lan = lan;
            this.isolated = isolated;
            this.hosts = new Hosts(lan, name, settings);
        }

        /** The two members that are not isolated. */
        List<Integer> others() {
            return IntStream.range(0, 3)
                    .filter(host -> host != isolated)
                    .boxed()
                    .toList();
        }

        Member member(int host) {
            return hosts.member(host);
        }

        /** Starts clients that keep to these members until the cluster is whole. */
        Crowd crowd(Ledger ledger, List<Integer> hosts) {
            Supplier<URI> counter = () -> {
                int next = turn.getAndIncrement();
                int host = whole.get() ? next % 3 : hosts.get(next % hosts.size());
                return member(host).uri(PATH);
            };
            Crowd crowd = new Crowd(ledger);
            crowd.writers(5, counter, BETWEEN);
            crowd.pollers(50, counter, WAIT, BETWEEN);
            crowd.readers(10, counter, BETWEEN);
            return crowd;
        }

        void split() {
            lan.isolate(isolated);
            split = OwnTime.now();
        }

        void assertNoticedInTime() {
            Duration taken = OwnTime.since(split);
            assertTrue(taken.compareTo(TO_SPLIT) <= 0, () -> "The split was noticed after " + taken);
        }

        /** Lets packets pass, waits until every member is in the whole cluster, and then sends clients to all members for a while. */
        void heal() {
            lan.heal(isolated);
            long healed = OwnTime.now();
            // The isolated member is the last, because it merges and is ready when that is done.
            for (int other : others()) member(other).awaitReady(3, PATIENCE);
            member(isolated).awaitReady(3, PATIENCE);
            Duration taken = OwnTime.since(healed);
            System.out.println("FIGURES whole again after ms=" + taken.toMillis());
            assertTrue(taken.compareTo(TO_MERGE) <= 0, () -> "The cluster was whole after " + taken);
            whole.set(true);
            Pause.of(Duration.ofSeconds(6));
        }

        List<Long> values() throws IOException {
            List<Long> values = new ArrayList<>();
            for (Member member : hosts.members()) values.add(member.value("split"));
            return values;
        }

        @Override
        public void close() {
            hosts.close();
        }
    }
}
