// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.JoinPolicy;
import io.holdfast.cluster.RecordWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The wire form of jobs. The names of forms that are stored are kept for ever, as are those of their fields. */
final class JobWire {
    static final String JOBS = "holdfast.jobs", KEYS = "holdfast.job-keys", BYTES = "holdfast.job-bytes";

    private JobWire() {}

    static ClusterPart part() {
        List<CompactSerializer<?>> wires = new ArrayList<>(List.of(
                RecordWire.of("work.job.v1", Job.class),
                RecordWire.of("work.job-request.v1", Job.Request.class),
                RecordWire.of("work.job-bytes.v1", Job.Kept.class),
                RecordWire.of("work.job-response.v1", Job.Response.class),
                RecordWire.of("work.job-key.v1", JobKey.class),
                RecordWire.of("jobs.retries.v1", Job.Retries.class),
                RecordWire.of("jobs.keeping.v1", Job.Keeping.class),
                RecordWire.of("jobs.version-of.v1", Job.VersionOf.class),
                RecordWire.of("jobs.long-ended.v1", Job.LongEnded.class),
                RecordWire.of("jobs.read-before.v1", Job.ReadBefore.class),
                RecordWire.of("jobs.weight.v1", Job.Weight.class),
                RecordWire.of("jobs.homeless.v1", Job.Homeless.class),
                RecordWire.of("jobs.needs-body.v1", Job.NeedsBody.class),
                RecordWire.of("work.job-claim.v2", JobStore.Claim.class),
                RecordWire.of("work.job-release.v1", JobStore.Release.class),
                RecordWire.of("jobs.used-before.v1", JobKey.UsedBefore.class),
                RecordWire.of("work.job-page.v1", JobPage.class),
                RecordWire.of("work.job-wanted.v1", JobPage.Wanted.class)));
        wires.addAll(JobStep.wires());
        String keepEither = PutIfAbsentMergePolicy.class.getName();
        return new ClusterPart(
                wires, Map.of(JOBS, JoinPolicy.class.getName(), KEYS, keepEither, BYTES, keepEither), Set.of(BYTES));
    }
}
