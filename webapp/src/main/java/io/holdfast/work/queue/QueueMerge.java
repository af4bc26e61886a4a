// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.StatelessMerge;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a queue after a split. Public because Hazelcast makes it from its class name. */
public final class QueueMerge extends StatelessMerge<Queue> {

    @Override
    protected Queue join(Queue merging, @Nullable Queue existing) {
        return Queue.join(merging, existing);
    }
}
