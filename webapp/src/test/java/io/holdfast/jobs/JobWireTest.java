// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.message.Headers;
import io.holdfast.testing.Wires;
import io.holdfast.work.relay.Order;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The wire form of jobs: kept for ever, because members of two versions meet. */
class JobWireTest {
    private static final Job.Request REQUEST = new Job.Request(
            new Order("i", "q", "GET", "/", Headers.NONE, false, -1, 3),
            "n",
            "o",
            true,
            new Job.Kept("k", 1, 1),
            1,
            true);
    private static final Job.Response RESPONSE = new Job.Response(200, Headers.NONE, new Job.Kept("k", 1, 1));
    private static final JobPage.Wanted WANTED = new JobPage.Wanted("q", "s", 1, "i", 2, 3);
    private static final Job.Retries RETRIES = new Job.Retries(1, 2, 3);
    private static final JobKey KEY = new JobKey("r", "j", 1);

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
            Job.of(REQUEST, "m", 1),
            REQUEST,
            new Job.Kept("k", 1, 1),
            RESPONSE,
            KEY,
            RETRIES,
            new Job.Keeping(),
            new Job.VersionOf(),
            new Job.LongEnded(1, 2),
            new Job.ReadBefore(1, 2),
            new Job.Weight(),
            new Job.Homeless(Set.of()),
            new Job.NeedsBody(),
            new JobStore.Claim(KEY, true),
            new JobStore.Release("j"),
            new JobKey.UsedBefore(1),
            new JobPage(WANTED, List.of()),
            WANTED,
            new JobStep.Look(),
            new JobStep.Create(Job.of(REQUEST, "m", 1), true),
            new JobStep.Take("m", 1),
            new JobStep.PutBack("m", 1, null),
            new JobStep.Report("m", 1, 2, new byte[1]),
            new JobStep.Answer("m", 1, RESPONSE),
            new JobStep.Fail("m", 1, "w", null, RETRIES),
            new JobStep.Expire("m", 1),
            new JobStep.Cancel("w"),
            new JobStep.Read(),
            new JobStep.Requeue("m", 1, 2),
            new JobStep.Adopt("m", 1, RETRIES));

    /** If this fails, members cannot read the records that others have stored: add a new field or type instead. */
    @Test
    void theNamesOfStoredTypesAndFieldsAreKept() {
        assertEquals("""
                work.job.v1: Compact request, Int64 version, Int64 updated, String state, String home, Int64 term, Int32 \
                attempts, Int64 due, Int64 until, Int64 reports, ArrayOfInt8 progress, Compact response, String detail, \
                String doubt, Int64 readAt
                work.job-request.v1: Compact order, String name, String owner, Boolean repeatable, Compact body, Int64 \
                created, Boolean keyed
                work.job-bytes.v1: String id, Int64 bytes, Int32 pieces
                work.job-response.v1: Int32 status, ArrayOfCompact headers, Compact body
                work.job-key.v1: String request, String job, Int64 since""", wire(0, 5));
    }

    /** If this fails, members of two versions cannot communicate: add a new type instead. */
    @Test
    void theNamesOfCommandsAreKnown() {
        assertEquals("""
                jobs.retries.v1: Int32 most, Int64 pause, Int64 waitMillis
                jobs.keeping.v1:\s
                jobs.version-of.v1:\s
                jobs.long-ended.v1: Int64 now, Int64 keep
                jobs.read-before.v1: Int64 time, Int64 created
                jobs.weight.v1:\s
                jobs.homeless.v1: ArrayOfString members
                jobs.needs-body.v1:\s
                work.job-claim.v2: Compact key, Boolean mayTake
                work.job-release.v1: String job
                jobs.used-before.v1: Int64 time
                work.job-page.v1: Compact wanted, ArrayOfCompact found
                work.job-wanted.v1: String queue, String state, Int64 afterTime, String afterId, Int64 over, Int32 limit
                jobs.look.v1:\s
                jobs.create.v2: Compact created, Boolean favoured
                jobs.take.v1: String member, Int64 term
                jobs.put-back.v1: String member, Int64 term, String doubt
                jobs.report.v1: String member, Int64 term, Int64 number, ArrayOfInt8 progress
                jobs.answer.v1: String member, Int64 term, Compact response
                jobs.fail.v1: String member, Int64 term, String why, Compact response, Compact retries
                jobs.expire.v1: String member, Int64 term
                jobs.cancel.v1: String why
                jobs.read.v1:\s
                jobs.requeue.v1: String member, Int64 term, Int64 waitMillis
                jobs.adopt.v1: String member, Int64 term, Compact retries""", wire(5, EXAMPLES.size()));
    }

    private static String wire(int from, int to) {
        return String.join(
                "\n", Wires.described(JobWire.part(), EXAMPLES).lines().toList().subList(from, to));
    }

    @Test
    void theNamesOfMapsAndMergePoliciesAreKept() {
        assertEquals(
                Map.of(
                        "holdfast.jobs", "io.holdfast.cluster.JoinPolicy",
                        "holdfast.job-keys", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy",
                        "holdfast.job-bytes", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy"),
                JobWire.part().maps());
        assertEquals(Set.of("holdfast.job-bytes"), JobWire.part().blobs());
    }
}
