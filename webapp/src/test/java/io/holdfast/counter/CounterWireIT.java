// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.counter.Tally.Part;
import io.holdfast.testing.Ports;
import io.holdfast.testing.Wires;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records. The forms of stored records are kept for ever, because members of two versions meet. */
class CounterWireIT {
    private static final UUID ORIGIN = new UUID(Long.MIN_VALUE, -1), OTHER = new UUID(3, 4);

    /** One of each record that travels. A serializer without an example here fails the test below. */
    private static final Life LIFE = new Life(3, 2, 1);

    private static final Map<Class<?>, Object> EXAMPLES = Map.ofEntries(
            example(new Tally(
                    5,
                    6,
                    List.of(new Part(ORIGIN, 7, 8, 9, 10, 11), new Part(OTHER, Long.MAX_VALUE, 0, -1, 1, 2)),
                    12,
                    new Life(13, 14, 15))),
            example(new AddToTally(new Known(ORIGIN, 1, 2, 6, LIFE), 3, Long.MAX_VALUE, 5, true)),
            example(new EndTally(new Known(ORIGIN, 1, 2, 6, LIFE), 3, 4, Long.MAX_VALUE, true)),
            example(new Known(ORIGIN, 1, 2, 3, LIFE)),
            example(LIFE),
            example(new Tally.Value()),
            example(new Reading(4, LIFE)),
            example(new Tally.Removed(7)),
            example(new Tally.Idle(8)),
            example(new Added(Long.MAX_VALUE, Added.NO_ROOM, 3, LIFE)),
            example(new CounterPage(
                    new CounterPage.Wanted("a", "ab", 2), List.of(new CounterPage.Row("abc", 1, 2, 3)))),
            example(new CounterPage.Wanted("a", "b", 3)),
            example(new CounterPage.Row("a", 1, 2, 3)));

    private static Map.Entry<Class<?>, Object> example(Object record) {
        return Map.entry(record.getClass(), record);
    }

    @Test
    void everyRecordComesOutOfARealSerializationServiceAsItWentIn() {
        ClusterPart part = CounterWire.part();
        HazelcastInstance member = Hazelcast.newHazelcastInstance(alone(part));
        try {
            IMap<String, Object> map = member.getMap("in binary form");
            for (CompactSerializer<?> serializer : part.serializers()) {
                Object example = EXAMPLES.get(serializer.getCompactClass());
                map.set("record", example);
                assertEquals(example, map.get("record"), serializer.getTypeName());
            }
            map.set("record", Tally.ZERO);
            assertEquals(Tally.ZERO, map.get("record"));
            assertEquals(EXAMPLES.size(), part.serializers().size());
        } finally {
            member.shutdown();
        }
    }

    private static Config alone(ClusterPart part) {
        Config config = new Config();
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().setPort(Ports.free());
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        part.serializers().forEach(config.getSerializationConfig().getCompactSerializationConfig()::addSerializer);
        return config;
    }

    /** If this fails, old members and stored bytes cannot be read any more: add a new field or type instead. */
    @Test
    void theNamesOfFormsAndFieldsStay() {
        String names = Wires.described(CounterWire.part(), EXAMPLES.values());

        assertEquals("""
                counter.tally.v1: ArrayOfInt64 most, ArrayOfInt64 least, ArrayOfInt64 sum, ArrayOfInt64 batch, \
                ArrayOfInt64 applied, ArrayOfInt64 result, ArrayOfInt64 touched, Int64 base, Int64 foldedBefore, \
                Int64 lift, Int64 born, Int64 removed, Int64 former
                counter.add.v3: Compact known, Int64 batch, Int64 increments, Int64 now, Boolean mayCreate
                counter.end.v1: Compact known, Int64 batch, Int64 now, Int64 idle, Boolean mayCreate
                counter.known.v2: Int64 most, Int64 least, Int64 sum, Int64 at, Int64 shown, Compact life
                counter.life.v1: Int64 born, Int64 removed, Int64 former
                counter.value.v2:\s
                counter.reading.v1: Int64 value, Compact life
                counter.removed.v1: Int64 before
                counter.idle.v1: Int64 before
                counter.added.v2: Int64 value, Int64 applied, Int64 mine, Compact life
                counter.page.v1: Compact wanted, ArrayOfCompact found
                counter.wanted.v1: String prefix, String after, Int32 limit
                counter.row.v1: String name, Int64 value, Int64 epoch, Int64 changed""", names);
        assertEquals("holdfast.counters", CounterWire.MAP);
        assertEquals(
                Map.of("holdfast.counters", "io.holdfast.cluster.JoinPolicy"),
                CounterWire.part().maps());
    }
}
