// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** The version of a job as its primary has it; 0 if there is none. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record JobGlance() implements EntryProcessor<String, Job, Long> {

    @Override
    public Long process(Entry<String, @Nullable Job> entry) {
        Job job = entry.getValue();
        return job == null ? 0 : job.version();
    }

    @Override
    public @Nullable EntryProcessor<String, Job, Long> getBackupProcessor() {
        return null;
    }
}
