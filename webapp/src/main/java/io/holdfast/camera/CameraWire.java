// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.JoinPolicy;
import io.holdfast.cluster.RecordWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The wire form of this room's records. The names of forms that are stored are kept for ever, as are those of their fields. */
final class CameraWire {
    static final String MAP = "holdfast.cameras", DUMPS = "holdfast.camera-dumps", WANTED = "holdfast.cameras-wanted";

    private CameraWire() {}

    static ClusterPart part() {
        List<CompactSerializer<?>> wires = new ArrayList<>(List.of(
                RecordWire.of("camera.camera.v1", Camera.class),
                RecordWire.of("camera.dump.v1", Dump.class),
                RecordWire.of("camera.poll.v1", Camera.Poll.class),
                RecordWire.of("camera.asker.v1", Camera.Asker.class),
                RecordWire.of("camera.command.v1", Camera.Command.class),
                RecordWire.of("camera.done.v1", Camera.Done.class),
                RecordWire.of("camera.keeping.v1", Camera.Keeping.class),
                RecordWire.of("camera.summary.v1", Camera.Summary.class),
                RecordWire.of("camera.long-absent.v2", Camera.LongAbsent.class)));
        wires.addAll(CameraStep.wires());
        String keepEither = PutIfAbsentMergePolicy.class.getName();
        return new ClusterPart(
                wires, Map.of(MAP, JoinPolicy.class.getName(), DUMPS, keepEither, WANTED, keepEither), Set.of(DUMPS));
    }
}
