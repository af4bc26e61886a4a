// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.work.WorkOptions;
import java.time.Duration;

/**
 * The settings of jobs.
 *
 * @param work the settings of the queues
 * @param hold how long a job waits for a worker
 * @param size the most bytes of a request or a response
 * @param keep how long a job is kept after its end
 * @param pause the pause before the second attempt
 * @param limit the most jobs
 * @param memory the most bytes of requests and responses that the cluster keeps
 */
public record JobOptions(
        WorkOptions work, Duration hold, int size, Duration keep, Duration pause, int limit, long memory) {
    /** The memory of a job and its keys, in bytes. */
    public static final int BYTES_EACH = 1_600;

    private static final Option<Duration> HOLD = Option.duration(
            "work.job-wait",
            "1d",
            "1s",
            "365d",
            "How long a job waits for a worker; then it is `expired`, or `dead` if a worker may have begun it.");
    private static final Option<Long> SIZE = Option.bytes(
            "work.job-size",
            "8MiB",
            "1KiB",
            "64MiB",
            "The longest request of a job; a longer one is answered 413. A longer response is not kept.");
    private static final Option<Duration> KEEP = Option.duration(
            "work.keep",
            "1d",
            "1s",
            "365d",
            "How long a job is kept after its end, with its response and its `Idempotency-Key`.");
    private static final Option<Duration> PAUSE = Option.duration(
            "work.pause",
            "1s",
            "10ms",
            "1h",
            "The pause of a job before its second attempt. Each further pause is twice as long, up to an hour.");
    private static final Option<Integer> LIMIT = Option.places(
            "work.jobs",
            "2%",
            BYTES_EACH,
            100_000_000,
            "The most jobs, including ended ones; one more is answered 507. A quarter of them is for workers and callers on this machine alone.");
    private static final Option<Long> MEMORY = Option.memory(
            "work.memory",
            "8%",
            "1MiB",
            "1024GiB",
            "The most bytes of requests and responses of jobs in the cluster, without backups; a response beyond it is not kept. Beyond three quarters of it, new jobs are answered 507; beyond 56 %, those of anybody. Heads take up to a quarter as much besides.");

    /** Reads the options that jobs have beside those of the queues. */
    public static JobOptions read(Settings settings, WorkOptions work) {
        return new JobOptions(
                work,
                settings.get(HOLD),
                Math.toIntExact(settings.get(SIZE)),
                settings.get(KEEP),
                settings.get(PAUSE),
                settings.get(LIMIT),
                settings.get(MEMORY));
    }

    /** The most bytes of the records of jobs, with the heads of requests and responses, besides {@link #memory}. */
    public long heads() {
        return memory / 4;
    }

    Job.Retries retries() {
        return new Job.Retries(work.attempts(), pause.toMillis(), hold.toMillis());
    }
}
