// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.query.Predicate;
import java.util.Map.Entry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes a job that has ended long ago; its answer is the job.
 *
 * @param now the time, in epoch milliseconds
 * @param keep for how long it is kept, in milliseconds
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record JobForget(long now, long keep) implements EntryProcessor<String, Job, JobTurned> {

    @Override
    public JobTurned process(Entry<String, @Nullable Job> entry) {
        Job job = entry.getValue();
        if (job == null || !job.isOver(now, keep)) return new JobTurned(null);
        entry.setValue(null);
        return new JobTurned(job);
    }

    /** The jobs that it removes. Asked of the member's own partitions only, as the others here; they travel when those do. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Due(long now, long keep) implements Predicate<String, Job> {

        @Override
        public boolean apply(Entry<String, Job> entry) {
            return entry.getValue().isOver(now, keep);
        }
    }

    /** The jobs whose home is none of these members. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Homeless(Set<String> members) implements Predicate<String, Job> {

        @Override
        public boolean apply(Entry<String, Job> entry) {
            Job job = entry.getValue();
            return job.isActive() && !members.contains(job.home());
        }
    }

    /** The jobs whose requests must be kept for longer. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Needy() implements Predicate<String, Job> {

        @Override
        public boolean apply(Entry<String, Job> entry) {
            Job job = entry.getValue();
            return job.needsRequest() && job.request().body() != null;
        }
    }
}
