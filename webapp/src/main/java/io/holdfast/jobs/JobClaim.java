// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.query.Predicate;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Takes a key, unless it is taken; its answer is what is remembered. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record JobClaim(JobKey key) implements EntryProcessor<String, JobKey, JobKey> {

    @Override
    public JobKey process(Entry<String, @Nullable JobKey> entry) {
        JobKey taken = entry.getValue();
        if (taken != null) return taken;
        entry.setValue(key);
        return key;
    }

    /** Forgets a key, if it is still that of this job. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Release(String job) implements EntryProcessor<String, JobKey, Boolean> {

        @Override
        public Boolean process(Entry<String, @Nullable JobKey> entry) {
            JobKey taken = entry.getValue();
            if (taken == null || !taken.job().equals(job)) return false;
            entry.setValue(null);
            return true;
        }
    }

    /** The keys that were taken before that time. Asked of the member's own partitions only; it travels when they do. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Before(long time) implements Predicate<String, JobKey> {

        @Override
        public boolean apply(Entry<String, JobKey> entry) {
            return entry.getValue().since() < time;
        }
    }
}
