// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.map.EntryProcessor;
import java.util.List;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Steps of a job from one member. Each says what it expects, so that it happens once however often it is sent. It runs on the backups
 * too, so what it answers is there.
 *
 * @param now the time, in epoch milliseconds
 * @param mayCreate whether the job may be new
 * @param steps in order
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record JobTurn(long now, boolean mayCreate, List<JobStep> steps) implements EntryProcessor<String, Job, JobTurned> {

    @Override
    @SuppressWarnings("ReferenceEquality") // a step that changes nothing returns the same job
    public JobTurned process(Entry<String, @Nullable Job> entry) {
        Job before = entry.getValue(), after = before;
        for (JobStep step : steps)
            if (after != null) after = step.applyTo(after, now);
            else if (mayCreate) after = step.job();
        if (after != null && after != before) entry.setValue(after);
        return new JobTurned(after);
    }
}
