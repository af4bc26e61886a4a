// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import com.hazelcast.map.LocalMapStats;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Member;
import io.holdfast.testing.Ports;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Members of one cluster with different limits. */
class MixedLimitsIT {
    private final String name = "mixed-" + UUID.randomUUID();
    private final List<Integer> ports = List.of(Ports.free(), Ports.free());

    private Member start(int port, int counters) {
        return Member.start(Map.of(
                "cluster.name",
                name,
                "cluster.port",
                Integer.toString(port),
                "cluster.peers",
                "127.0.0.1:" + ports.get(0) + ",127.0.0.1:" + ports.get(1),
                "counter.limit",
                Integer.toString(counters)));
    }

    @Test
    void aMemberOwnsNoMoreThanItsOwnLimitAllowsAndTheDifferenceIsTold() {
        try (Complaints complaints = new Complaints();
                Member large = start(ports.get(0), 1_000);
                Member small = start(ports.get(1), 20)) {
            await("the partitions are shared out").until(() -> Stream.of(large, small)
                    .allMatch(member ->
                            member.hazelcast().getCluster().getMembers().size() == 2
                                    && member.hazelcast().getPartitionService().isClusterSafe()));
            IMap<String, ?> here = small.hazelcast().getMap("holdfast.counters");
            for (int i = 0; i < 100; i++)
                large.http().send("POST", "/counters/" + i + "/value/").response();

            LocalMapStats stats = here.getLocalMapStats();
            assertEquals(20 / 2 + 1, stats.getOwnedEntryCount(), "half of its limit, and one");
            assertTrue(here.size() > 30, "the other has more: " + here.size());
            assertEquals(stats.getOwnedEntryCount(), Holdings.of(here).names());
            List<String> told = complaints.heard().stream()
                    .filter(heard -> heard.contains("different limits"))
                    .toList();
            assertTrue(told.stream().anyMatch(heard -> heard.contains("{counter.limit=1000 and 20}")), told.toString());
            assertTrue(told.stream().anyMatch(heard -> heard.contains("{counter.limit=20 and 1000}")), told.toString());
        }
    }
}
