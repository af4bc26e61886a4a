// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordWire;
import java.util.List;
import java.util.Map;

/** The wire form of this room's records. */
final class WorkWire {

    private WorkWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        RecordWire.of("work.matched.v1", Matchmaker.Matched.class),
                        RecordWire.of("work.follow-up.v2", FollowUp.class)),
                Map.of());
    }
}
