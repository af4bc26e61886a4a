// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.Records.Condition;

/**
 * The record of an {@code Idempotency-Key}.
 *
 * @param request the fingerprint of the request that it came with
 * @param job the name of the job, whether it was created or not
 * @param since when the key was first used, in epoch milliseconds
 */
record JobKey(String request, String job, long since) {

    /** No key: there was no room for one more. */
    static final JobKey NONE = new JobKey("", "", 0);

    boolean isNone() {
        return job.isEmpty();
    }

    /** Selects keys that were first used before that time. */
    record UsedBefore(long time) implements Condition<JobKey> {

        @Override
        public boolean matches(JobKey key) {
            return key.since < time;
        }
    }
}
