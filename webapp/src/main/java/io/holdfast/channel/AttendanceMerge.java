// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.cluster.StatelessMerge;
import org.jspecify.annotations.Nullable;

/** Joins who attends on either side of a split. Public because Hazelcast makes it from its class name. */
public final class AttendanceMerge extends StatelessMerge<Attendance> {

    @Override
    protected Attendance join(Attendance merging, @Nullable Attendance existing) {
        return existing == null ? merging : merging.joined(existing);
    }
}
