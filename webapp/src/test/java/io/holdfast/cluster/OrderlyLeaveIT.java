// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.Hazelcast;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member that leaves in good order is never taken for lost, and one that is killed always is. */
class OrderlyLeaveIT {
    private static final int LEAVES = 4;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final SystemTimer timer = new SystemTimer("leave-test");
    private final List<Integer> ports = List.of(Ports.free(), Ports.free(), Ports.free());
    private final String name = "leave-" + UUID.randomUUID();
    private final List<Cluster> members = new ArrayList<>();
    private final List<Thread> watchers = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Queue<String> doubts = new ConcurrentLinkedQueue<>();

    @AfterEach
    void everybodyLeaves() throws InterruptedException {
        over.set(true);
        for (Thread watcher : watchers) watcher.join();
        members.forEach(Cluster::close);
        timer.close();
    }

    private Cluster open(int port) {
        ClusterOptions options = ClusterOptionsTest.read(Map.of(
                "cluster.peers",
                ports.stream().map(one -> "127.0.0.1:" + one).collect(Collectors.joining(",")),
                "cluster.name",
                name,
                "cluster.port",
                Integer.toString(port),
                "cluster.minimum-size",
                "2"));
        return Cluster.open(options, List.of(), Clocks.system(timer));
    }

    private void awaitAll(int count) {
        await("the members see each other").atMost(LONG).until(() -> members.stream()
                .allMatch(member ->
                        member.trust().size() == count && member.trust().doubt().isEmpty()));
    }

    /** The loss of a member is a doubt for a millisecond or less, so they look without a pause, as writers do that are many. */
    private void watch() {
        for (int port : ports) members.add(open(port));
        awaitAll(3);
        for (Cluster member : List.copyOf(members.subList(0, 2))) {
            Thread watcher = new Thread(() -> {
                while (!over.get())
                    member.trust()
                            .doubt()
                            .filter(doubt -> doubt.contains("has lost a member"))
                            .ifPresent(doubts::add);
            });
            watcher.start();
            watchers.add(watcher);
        }
    }

    @Test
    void aMemberThatLeavesInGoodOrderIsNotTakenForLost() {
        watch();
        for (int leave = 0; leave < LEAVES; leave++) {
            members.remove(2).close();
            awaitAll(2);
            members.add(open(ports.get(2)));
            awaitAll(3);
        }
        assertEquals(List.of(), List.copyOf(doubts));
        for (Cluster member : members) assertTrue(member.trust().unsureSince().isEmpty());
    }

    @Test
    void aMemberThatIsKilledIsADoubtUntilTheOthersHaveAnswered() {
        watch();
        int port = ports.get(2);
        members.remove(2);
        Hazelcast.getAllHazelcastInstances().stream()
                .filter(one -> one.getCluster().getLocalMember().getAddress().getPort() == port)
                .forEach(one -> one.getLifecycleService().terminate());
        awaitAll(2);
        assertTrue(!doubts.isEmpty(), "nobody was in doubt");
    }
}
