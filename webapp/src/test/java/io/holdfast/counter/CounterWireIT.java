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
    private static final Map<Class<?>, Object> EXAMPLES = Map.of(
            Tally.class,
            new Tally(
                    5, 6, List.of(new Part(ORIGIN, 7, 8, 9, 10, 11), new Part(OTHER, Long.MAX_VALUE, 0, -1, 1, 2)), 12),
            AddToTally.class,
            new AddToTally(new Known(ORIGIN, 1, 2, 6), 3, Long.MAX_VALUE, 5, true),
            Known.class,
            new Known(ORIGIN, 1, 2, 3),
            Tally.Value.class,
            new Tally.Value(),
            Added.class,
            new Added(Long.MAX_VALUE, Added.NO_ROOM, 3));

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
                Int64 lift
                counter.add.v2: Compact known, Int64 batch, Int64 increments, Int64 now, Boolean mayCreate
                counter.known.v1: Int64 most, Int64 least, Int64 sum, Int64 at, Int64 shown
                counter.value.v1:\s
                counter.added.v1: Int64 value, Int64 applied, Int64 mine""", names);
        assertEquals("holdfast.counters", CounterWire.MAP);
        assertEquals(
                Map.of("holdfast.counters", "io.holdfast.cluster.JoinPolicy"),
                CounterWire.part().maps());
    }
}
