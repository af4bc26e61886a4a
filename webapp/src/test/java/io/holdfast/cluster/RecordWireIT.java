// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.config.CompactSerializationConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.holdfast.cluster.RecordWireTest.Circle;
import io.holdfast.cluster.RecordWireTest.Everything;
import io.holdfast.cluster.RecordWireTest.Nothing;
import io.holdfast.cluster.RecordWireTest.Optionals;
import io.holdfast.cluster.RecordWireTest.Pair;
import io.holdfast.cluster.RecordWireTest.Point;
import io.holdfast.cluster.RecordWireTest.Square;
import io.holdfast.testing.Ports;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records with the form of their components, through Hazelcast's own serialization. */
class RecordWireIT {

    @Test
    void everyRecordComesOutAsItWentIn() {
        HazelcastInstance member = Hazelcast.newHazelcastInstance(alone());
        try {
            IMap<String, Object> map = member.getMap("in binary form");
            for (Object record : List.of(
                    new Nothing(),
                    new Point(1, 2),
                    new Pair<>(new Circle(3), new Point(4, 5)),
                    new Optionals(null, null, null, null),
                    new Optionals("a", null, new Point(1, 2), new Square(3)))) {
                map.set("record", record);
                assertEquals(record, map.get("record"));
            }
            map.set("record", RecordWireTest.everything());
            RecordWireTest.assertSameFields(RecordWireTest.everything(), (Everything) map.get("record"));
        } finally {
            member.shutdown();
        }
    }

    private static Config alone() {
        Config config = new Config();
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().setPort(Ports.free());
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        CompactSerializationConfig compact = config.getSerializationConfig().getCompactSerializationConfig();
        for (Class<? extends Record> type : List.of(
                RecordWire.Wrapped.class,
                Everything.class,
                Optionals.class,
                Pair.class,
                Point.class,
                Circle.class,
                Square.class,
                Nothing.class)) compact.addSerializer(RecordWire.of(type.getSimpleName(), type));
        return config;
    }
}
