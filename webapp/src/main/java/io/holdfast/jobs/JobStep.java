// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens to a job. What it does not need is empty.
 *
 * @param kind what
 * @param member the home, as whoever says this knows it; or the new one
 * @param term of the job, as whoever says this knows it
 * @param number of a report, or how long it may wait, in milliseconds
 * @param bytes what a worker tells of its progress
 * @param detail why
 * @param response of a worker
 * @param trying how often it is tried
 * @param job that begins
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record JobStep(
        Kind kind,
        String member,
        long term,
        long number,
        byte[] bytes,
        String detail,
        Job.@Nullable Response response,
        Job.@Nullable Trying trying,
        @Nullable Job job) {
    private static final byte[] NOTHING = {};

    /** What can happen. The names go over the wire. */
    enum Kind {
        LOOKED,
        CREATED,
        TAKEN,
        RETURNED,
        PROGRESSED,
        ANSWERED,
        FAILED,
        EXPIRED,
        CANCELLED,
        REQUEUED,
        ADOPTED
    }

    private static JobStep of(Kind kind, String member, long term) {
        return new JobStep(kind, member, term, 0, NOTHING, "", null, null, null);
    }

    /** Nothing: it is only looked at. */
    static JobStep looked() {
        return of(Kind.LOOKED, "", 0);
    }

    static JobStep created(Job job) {
        return new JobStep(Kind.CREATED, "", 0, 0, NOTHING, "", null, null, job);
    }

    static JobStep taken(String member, long term) {
        return of(Kind.TAKEN, member, term);
    }

    static JobStep returned(String member, long term) {
        return of(Kind.RETURNED, member, term);
    }

    static JobStep progressed(String member, long term, long number, byte[] state) {
        return new JobStep(Kind.PROGRESSED, member, term, number, state, "", null, null, null);
    }

    static JobStep answered(String member, long term, Job.Response response) {
        return new JobStep(Kind.ANSWERED, member, term, 0, NOTHING, "", response, null, null);
    }

    static JobStep failed(String member, long term, String why, Job.@Nullable Response response, Job.Trying trying) {
        return new JobStep(Kind.FAILED, member, term, 0, NOTHING, why, response, trying, null);
    }

    static JobStep expired(String member, long term) {
        return of(Kind.EXPIRED, member, term);
    }

    static JobStep cancelled(String why) {
        return new JobStep(Kind.CANCELLED, "", 0, 0, NOTHING, why, null, null, null);
    }

    static JobStep requeued(String member, long term, long wait) {
        return new JobStep(Kind.REQUEUED, member, term, wait, NOTHING, "", null, null, null);
    }

    static JobStep adopted(String member, long term, Job.Trying trying) {
        return new JobStep(Kind.ADOPTED, member, term, 0, NOTHING, "", null, trying, null);
    }

    /** The job after it. */
    Job applyTo(Job before, long now) {
        return switch (kind) {
            case LOOKED, CREATED -> before;
            case TAKEN -> before.taken(member, term, now);
            case RETURNED -> before.returned(member, term, now);
            case PROGRESSED -> before.progressed(member, term, number, bytes, now);
            case ANSWERED -> response == null ? before : before.answered(member, term, response, now);
            case FAILED -> trying == null ? before : before.failed(member, term, detail, response, trying, now);
            case EXPIRED -> before.expired(member, term, now);
            case CANCELLED -> before.cancelled(detail, now);
            case REQUEUED -> before.requeued(member, term, number, now);
            case ADOPTED -> trying == null ? before : before.adopted(member, term, trying, now);
        };
    }
}
