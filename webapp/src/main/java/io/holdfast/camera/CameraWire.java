// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordWire;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The wire form of this room's records. Field and type names are kept for ever; what is new gets a new field or type. */
final class CameraWire {
    static final String MAP = "holdfast.cameras", DUMPS = "holdfast.camera-dumps", WANTED = "holdfast.cameras-wanted";

    private CameraWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        RecordWire.of("camera.camera.v1", Camera.class),
                        RecordWire.of("camera.dump.v1", Dump.class),
                        RecordWire.of("camera.poll.v1", Camera.Poll.class),
                        RecordWire.of("camera.asker.v1", Camera.Asker.class),
                        RecordWire.of("camera.command.v1", Camera.Command.class),
                        RecordWire.of("camera.done.v1", Camera.Done.class),
                        RecordWire.of("camera.step.v1", Step.class),
                        RecordWire.of("camera.turn.v1", Turn.class),
                        RecordWire.of("camera.turned.v1", Turned.class),
                        RecordWire.of("camera.glance.v1", Glance.class),
                        RecordWire.of("camera.forget.v1", Forget.class),
                        RecordWire.of("camera.due.v1", Forget.Due.class)),
                Map.of(
                        MAP,
                        CameraMerge.class.getName(),
                        DUMPS,
                        PutIfAbsentMergePolicy.class.getName(),
                        WANTED,
                        PutIfAbsentMergePolicy.class.getName()),
                Set.of(DUMPS));
    }
}
