// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordSerializer;
import io.holdfast.http.Header;
import io.holdfast.http.Headers;
import io.holdfast.work.Order;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The wire form of jobs. Field and type names are kept for ever; what is new gets a new field or type. */
final class JobWire {
    static final String JOBS = "holdfast.jobs", KEYS = "holdfast.job-keys", BYTES = "holdfast.job-bytes";

    private static final List<CompactSerializer<?>> SERIALIZERS = List.of(
            new OfJob(),
            new OfRequest(),
            new OfKept(),
            new OfResponse(),
            new OfTrying(),
            new OfStep(),
            new OfTurn(),
            new OfTurned(),
            new OfGlance(),
            new OfForget(),
            new OfDue(),
            new OfHomeless(),
            new OfNeedy(),
            new OfKey(),
            new OfClaim(),
            new OfRelease(),
            new OfBefore(),
            new OfPage(),
            new OfWanted());

    private static final Map<String, String> MAPS = Map.of(
            JOBS,
            JobMerge.class.getName(),
            KEYS,
            PutIfAbsentMergePolicy.class.getName(),
            BYTES,
            PutIfAbsentMergePolicy.class.getName());

    private JobWire() {}

    static ClusterPart part() {
        return new ClusterPart(SERIALIZERS, MAPS, Set.of(BYTES));
    }

    private static final class OfJob extends RecordSerializer<Job> {
        OfJob() {
            super("work.job.v1", Job.class);
        }

        @Override
        public Job read(CompactReader in) {
            return new Job(
                    some(in.<Job.Request>readCompact("request")),
                    in.readInt64("version"),
                    in.readInt64("updated"),
                    Job.State.valueOf(text(in, "state")),
                    text(in, "home"),
                    in.readInt64("term"),
                    in.readInt32("attempts"),
                    in.readInt64("due"),
                    in.readInt64("until"),
                    in.readInt64("reports"),
                    bytes(in, "progress"),
                    in.readCompact("response"),
                    text(in, "detail"));
        }

        @Override
        public void write(CompactWriter out, Job job) {
            out.writeCompact("request", job.request());
            out.writeInt64("version", job.version());
            out.writeInt64("updated", job.updated());
            out.writeString("state", job.state().name());
            out.writeString("home", job.home());
            out.writeInt64("term", job.term());
            out.writeInt32("attempts", job.attempts());
            out.writeInt64("due", job.due());
            out.writeInt64("until", job.until());
            out.writeInt64("reports", job.reports());
            out.writeArrayOfInt8("progress", job.progress());
            out.writeCompact("response", job.response());
            out.writeString("detail", job.detail());
        }
    }

    private static final class OfRequest extends RecordSerializer<Job.Request> {
        OfRequest() {
            super("work.job-request.v1", Job.Request.class);
        }

        @Override
        public Job.Request read(CompactReader in) {
            return new Job.Request(
                    some(in.<Order>readCompact("order")),
                    text(in, "name"),
                    text(in, "owner"),
                    in.readBoolean("repeatable"),
                    in.readCompact("body"),
                    in.readInt64("created"));
        }

        @Override
        public void write(CompactWriter out, Job.Request request) {
            out.writeCompact("order", request.order());
            out.writeString("name", request.name());
            out.writeString("owner", request.owner());
            out.writeBoolean("repeatable", request.repeatable());
            out.writeCompact("body", request.body());
            out.writeInt64("created", request.created());
        }
    }

    private static final class OfKept extends RecordSerializer<Job.Kept> {
        OfKept() {
            super("work.job-bytes.v1", Job.Kept.class);
        }

        @Override
        public Job.Kept read(CompactReader in) {
            return new Job.Kept(text(in, "id"), in.readInt64("bytes"), in.readInt32("pieces"));
        }

        @Override
        public void write(CompactWriter out, Job.Kept kept) {
            out.writeString("id", kept.id());
            out.writeInt64("bytes", kept.bytes());
            out.writeInt32("pieces", kept.pieces());
        }
    }

    private static final class OfResponse extends RecordSerializer<Job.Response> {
        OfResponse() {
            super("work.job-response.v1", Job.Response.class);
        }

        @Override
        public Job.Response read(CompactReader in) {
            return new Job.Response(
                    in.readInt32("status"),
                    new Headers(list(in, "headers", Header.class)),
                    some(in.<Job.Kept>readCompact("body")));
        }

        @Override
        public void write(CompactWriter out, Job.Response response) {
            out.writeInt32("status", response.status());
            list(out, "headers", Header.class, response.headers().list());
            out.writeCompact("body", response.body());
        }
    }

    private static final class OfTrying extends RecordSerializer<Job.Trying> {
        OfTrying() {
            super("work.job-trying.v1", Job.Trying.class);
        }

        @Override
        public Job.Trying read(CompactReader in) {
            return new Job.Trying(in.readInt32("most"), in.readInt64("pause"), in.readInt64("hold"));
        }

        @Override
        public void write(CompactWriter out, Job.Trying trying) {
            out.writeInt32("most", trying.most());
            out.writeInt64("pause", trying.pause());
            out.writeInt64("hold", trying.hold());
        }
    }

    private static final class OfStep extends RecordSerializer<JobStep> {
        OfStep() {
            super("work.job-step.v1", JobStep.class);
        }

        @Override
        public JobStep read(CompactReader in) {
            return new JobStep(
                    JobStep.Kind.valueOf(text(in, "kind")),
                    text(in, "member"),
                    in.readInt64("term"),
                    in.readInt64("number"),
                    bytes(in, "bytes"),
                    text(in, "detail"),
                    in.readCompact("response"),
                    in.readCompact("trying"),
                    in.readCompact("job"));
        }

        @Override
        public void write(CompactWriter out, JobStep step) {
            out.writeString("kind", step.kind().name());
            out.writeString("member", step.member());
            out.writeInt64("term", step.term());
            out.writeInt64("number", step.number());
            out.writeArrayOfInt8("bytes", step.bytes());
            out.writeString("detail", step.detail());
            out.writeCompact("response", step.response());
            out.writeCompact("trying", step.trying());
            out.writeCompact("job", step.job());
        }
    }

    private static final class OfTurn extends RecordSerializer<JobTurn> {
        OfTurn() {
            super("work.job-turn.v1", JobTurn.class);
        }

        @Override
        public JobTurn read(CompactReader in) {
            return new JobTurn(in.readInt64("now"), in.readBoolean("mayCreate"), list(in, "steps", JobStep.class));
        }

        @Override
        public void write(CompactWriter out, JobTurn turn) {
            out.writeInt64("now", turn.now());
            out.writeBoolean("mayCreate", turn.mayCreate());
            list(out, "steps", JobStep.class, turn.steps());
        }
    }

    private static final class OfTurned extends RecordSerializer<JobTurned> {
        OfTurned() {
            super("work.job-turned.v1", JobTurned.class);
        }

        @Override
        public JobTurned read(CompactReader in) {
            return new JobTurned(in.readCompact("job"));
        }

        @Override
        public void write(CompactWriter out, JobTurned turned) {
            out.writeCompact("job", turned.job());
        }
    }

    private static final class OfGlance extends RecordSerializer<JobGlance> {
        OfGlance() {
            super("work.job-glance.v1", JobGlance.class);
        }

        @Override
        public JobGlance read(CompactReader in) {
            return new JobGlance();
        }

        @Override
        public void write(CompactWriter out, JobGlance glance) {
            // It says nothing.
        }
    }

    private static final class OfForget extends RecordSerializer<JobForget> {
        OfForget() {
            super("work.job-forget.v1", JobForget.class);
        }

        @Override
        public JobForget read(CompactReader in) {
            return new JobForget(in.readInt64("now"), in.readInt64("keep"));
        }

        @Override
        public void write(CompactWriter out, JobForget forget) {
            out.writeInt64("now", forget.now());
            out.writeInt64("keep", forget.keep());
        }
    }

    private static final class OfDue extends RecordSerializer<JobForget.Due> {
        OfDue() {
            super("work.job-due.v1", JobForget.Due.class);
        }

        @Override
        public JobForget.Due read(CompactReader in) {
            return new JobForget.Due(in.readInt64("now"), in.readInt64("keep"));
        }

        @Override
        public void write(CompactWriter out, JobForget.Due due) {
            out.writeInt64("now", due.now());
            out.writeInt64("keep", due.keep());
        }
    }

    private static final class OfHomeless extends RecordSerializer<JobForget.Homeless> {
        OfHomeless() {
            super("work.job-homeless.v1", JobForget.Homeless.class);
        }

        @Override
        public JobForget.Homeless read(CompactReader in) {
            return new JobForget.Homeless(Set.copyOf(texts(in, "members")));
        }

        @Override
        public void write(CompactWriter out, JobForget.Homeless homeless) {
            texts(out, "members", List.copyOf(homeless.members()));
        }
    }

    private static final class OfNeedy extends RecordSerializer<JobForget.Needy> {
        OfNeedy() {
            super("work.job-needy.v1", JobForget.Needy.class);
        }

        @Override
        public JobForget.Needy read(CompactReader in) {
            return new JobForget.Needy();
        }

        @Override
        public void write(CompactWriter out, JobForget.Needy needy) {
            // It says nothing.
        }
    }

    private static final class OfKey extends RecordSerializer<JobKey> {
        OfKey() {
            super("work.job-key.v1", JobKey.class);
        }

        @Override
        public JobKey read(CompactReader in) {
            return new JobKey(text(in, "request"), text(in, "job"), in.readInt64("since"));
        }

        @Override
        public void write(CompactWriter out, JobKey key) {
            out.writeString("request", key.request());
            out.writeString("job", key.job());
            out.writeInt64("since", key.since());
        }
    }

    private static final class OfClaim extends RecordSerializer<JobClaim> {
        OfClaim() {
            super("work.job-claim.v1", JobClaim.class);
        }

        @Override
        public JobClaim read(CompactReader in) {
            return new JobClaim(some(in.<JobKey>readCompact("key")));
        }

        @Override
        public void write(CompactWriter out, JobClaim claim) {
            out.writeCompact("key", claim.key());
        }
    }

    private static final class OfRelease extends RecordSerializer<JobClaim.Release> {
        OfRelease() {
            super("work.job-release.v1", JobClaim.Release.class);
        }

        @Override
        public JobClaim.Release read(CompactReader in) {
            return new JobClaim.Release(text(in, "job"));
        }

        @Override
        public void write(CompactWriter out, JobClaim.Release release) {
            out.writeString("job", release.job());
        }
    }

    private static final class OfBefore extends RecordSerializer<JobClaim.Before> {
        OfBefore() {
            super("work.job-before.v1", JobClaim.Before.class);
        }

        @Override
        public JobClaim.Before read(CompactReader in) {
            return new JobClaim.Before(in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, JobClaim.Before before) {
            out.writeInt64("time", before.time());
        }
    }

    private static final class OfPage extends RecordSerializer<JobPage> {
        OfPage() {
            super("work.job-page.v1", JobPage.class);
        }

        @Override
        public JobPage read(CompactReader in) {
            return new JobPage(some(in.<JobPage.Wanted>readCompact("wanted")), list(in, "found", Job.class));
        }

        @Override
        public void write(CompactWriter out, JobPage page) {
            out.writeCompact("wanted", page.wanted());
            list(out, "found", Job.class, page.found());
        }
    }

    private static final class OfWanted extends RecordSerializer<JobPage.Wanted> {
        OfWanted() {
            super("work.job-wanted.v1", JobPage.Wanted.class);
        }

        @Override
        public JobPage.Wanted read(CompactReader in) {
            return new JobPage.Wanted(
                    text(in, "queue"),
                    text(in, "state"),
                    in.readInt64("afterTime"),
                    text(in, "afterId"),
                    in.readInt64("over"),
                    in.readInt32("limit"));
        }

        @Override
        public void write(CompactWriter out, JobPage.Wanted wanted) {
            out.writeString("queue", wanted.queue());
            out.writeString("state", wanted.state());
            out.writeInt64("afterTime", wanted.afterTime());
            out.writeString("afterId", wanted.afterId());
            out.writeInt64("over", wanted.over());
            out.writeInt32("limit", wanted.limit());
        }
    }
}
