// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.RecordWire;
import io.holdfast.cluster.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a job. Its sender names the home and the term of the job as it knows them. A step that expects another home or term
 * changes nothing, and neither does a step that is repeated.
 */
sealed interface JobStep extends Step<Job> {

    /** Their wire forms. */
    static List<RecordWire<?>> wires() {
        return List.of(
                RecordWire.of("jobs.look.v1", Look.class),
                RecordWire.of("jobs.create.v2", Create.class),
                RecordWire.of("jobs.take.v1", Take.class),
                RecordWire.of("jobs.put-back.v1", PutBack.class),
                RecordWire.of("jobs.report.v1", Report.class),
                RecordWire.of("jobs.answer.v1", Answer.class),
                RecordWire.of("jobs.fail.v1", Fail.class),
                RecordWire.of("jobs.expire.v1", Expire.class),
                RecordWire.of("jobs.cancel.v1", Cancel.class),
                RecordWire.of("jobs.read.v1", Read.class),
                RecordWire.of("jobs.requeue.v1", Requeue.class),
                RecordWire.of("jobs.adopt.v1", Adopt.class));
    }

    /** Changes nothing: the answer of its turn shows the job. */
    record Look() implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job;
        }
    }

    /**
     * A job begins.
     *
     * @param favoured whether the part of the memory that is kept for workers and operators is for it, too
     */
    record Create(Job created, boolean favoured) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.exists() ? job : created;
        }

        @Override
        public boolean isOfAnybody() {
            return !favoured;
        }
    }

    /** A worker receives it. */
    record Take(String member, long term) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.taken(member, term, now);
        }
    }

    /**
     * The worker was not there, or has not begun.
     *
     * @param doubt why the worker may have begun nevertheless; null if it has certainly not
     */
    record PutBack(String member, long term, @Nullable String doubt) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.returned(member, term, doubt, now);
        }
    }

    /**
     * The worker reports progress.
     *
     * @param number of the report in this attempt
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Report(String member, long term, long number, byte[] progress) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.progressed(member, term, number, progress, now);
        }
    }

    /** The worker has responded. */
    record Answer(String member, long term, Job.Response response) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.answered(member, term, response, now);
        }
    }

    /** The attempt has failed, perhaps with a response. */
    record Fail(String member, long term, String why, Job.@Nullable Response response, Job.Retries retries)
            implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.failed(member, term, why, response, retries, now);
        }
    }

    /** No worker has taken it in time. */
    record Expire(String member, long term) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.expired(member, term, now);
        }
    }

    /** Its response is not wanted any more. */
    record Cancel(String why) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.cancelled(why, now);
        }
    }

    /** Its sender has got all there is to know of it. */
    record Read() implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.read(now);
        }
    }

    /** An operator has a dead job tried once more, with that member for its home. */
    record Requeue(String member, long term, long waitMillis) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.requeued(member, term, waitMillis, now);
        }
    }

    /** That member takes the place of a home that has left the cluster. */
    record Adopt(String member, long term, Job.Retries retries) implements JobStep {
        @Override
        public Job apply(Job job, long now) {
            return job.adopted(member, term, retries, now);
        }
    }
}
