// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Ledgers;
import java.util.List;
import java.util.Map;

/** The wire form of what goes between members for all rooms. */
final class ClusterWire {

    private ClusterWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        RecordWire.of("signal.v1", Signals.Signal.class),
                        new Messenger.MessageWire(),
                        RecordWire.of("wrapped.v1", RecordWire.Wrapped.class),
                        RecordWire.of("turn.v1", Turn.class),
                        RecordWire.of("outcome.v1", Turn.Outcome.class),
                        RecordWire.of("preview.v1", Records.Previewing.class),
                        RecordWire.of("matching.v1", Records.Matching.class),
                        RecordWire.of("removing.v1", Records.Removing.class),
                        RecordWire.of("weighing.v1", Records.Weighing.class),
                        RecordWire.of("allowance.v1", Allowance.class),
                        RecordWire.of("put.v2", Pieces.Put.class),
                        RecordWire.of("drop.v1", Pieces.Drop.class),
                        Ledgers.wire()),
                Map.of());
    }
}
