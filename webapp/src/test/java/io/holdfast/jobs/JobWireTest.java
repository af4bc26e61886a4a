// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.Headers;
import io.holdfast.testing.Wires;
import io.holdfast.work.Order;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The wire form of jobs: kept for ever, because members of two versions meet. */
class JobWireTest {
    private static final Job.Request REQUEST = new Job.Request(
            new Order("i", "q", "GET", "/", Headers.NONE, false, -1, 3), "n", "o", true, new Job.Kept("k", 1, 1), 1);
    private static final Job.Response RESPONSE = new Job.Response(200, Headers.NONE, new Job.Kept("k", 1, 1));
    private static final JobPage.Wanted WANTED = new JobPage.Wanted("q", "s", 1, "i", 2, 3);
    private static final JobKey KEY = new JobKey("r", "j", 1);

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
            Job.of(REQUEST, "m", 1),
            REQUEST,
            new Job.Kept("k", 1, 1),
            RESPONSE,
            new Job.Trying(1, 2, 3),
            JobStep.looked(),
            new JobTurn(1, true, List.of()),
            new JobTurned(null),
            new JobGlance(),
            new JobForget(1, 2),
            new JobForget.Due(1, 2),
            new JobForget.Homeless(Set.of()),
            new JobForget.Needy(),
            KEY,
            new JobClaim(KEY),
            new JobClaim.Release("j"),
            new JobClaim.Before(1),
            new JobPage(WANTED, List.of()),
            WANTED);

    /** If this fails, old members cannot be read any more: add a new field or type instead. */
    @Test
    void theNamesOfTypesAndFieldsAreWhatTheyHaveAlwaysBeen() {
        assertEquals("""
                work.job.v1: Compact request, Int64 version, Int64 updated, String state, String home, Int64 term, Int32 \
                attempts, Int64 due, Int64 until, Int64 reports, ArrayOfInt8 progress, Compact response, String detail
                work.job-request.v1: Compact order, String name, String owner, Boolean repeatable, Compact body, Int64 \
                created
                work.job-bytes.v1: String id, Int64 bytes, Int32 pieces
                work.job-response.v1: Int32 status, ArrayOfCompact headers, Compact body
                work.job-trying.v1: Int32 most, Int64 pause, Int64 hold
                work.job-step.v1: String kind, String member, Int64 term, Int64 number, ArrayOfInt8 bytes, String \
                detail, Compact response, Compact trying, Compact job
                work.job-turn.v1: Int64 now, Boolean mayCreate, ArrayOfCompact steps
                work.job-turned.v1: Compact job
                work.job-glance.v1:\s
                work.job-forget.v1: Int64 now, Int64 keep
                work.job-due.v1: Int64 now, Int64 keep
                work.job-homeless.v1: ArrayOfString members
                work.job-needy.v1:\s
                work.job-key.v1: String request, String job, Int64 since
                work.job-claim.v1: Compact key
                work.job-release.v1: String job
                work.job-before.v1: Int64 time
                work.job-page.v1: Compact wanted, ArrayOfCompact found
                work.job-wanted.v1: String queue, String state, Int64 afterTime, String afterId, Int64 over, Int32 limit""", Wires.described(JobWire.part(), EXAMPLES));
    }

    @Test
    void theNamesOfMapsAndOfWhatMergesThemAreWhatTheyHaveAlwaysBeen() {
        assertEquals(
                Map.of(
                        "holdfast.jobs", "io.holdfast.jobs.JobMerge",
                        "holdfast.job-keys", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy",
                        "holdfast.job-bytes", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy"),
                JobWire.part().maps());
        assertEquals(Set.of("holdfast.job-bytes"), JobWire.part().blobs());
    }
}
