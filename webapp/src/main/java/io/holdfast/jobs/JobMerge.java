// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.StatelessMerge;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a job after a split. Public because Hazelcast makes it from its class name. */
public final class JobMerge extends StatelessMerge<Job> {

    @Override
    protected Job join(Job merging, @Nullable Job existing) {
        return Job.join(merging, existing);
    }
}
