// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.StepStore;
import io.holdfast.cluster.StepStore.Rules;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Ledgers;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.cluster.limit.Limitable;
import io.holdfast.jobs.JobRefusal.Why;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The jobs and their keys in the cluster's maps; no other class holds these maps. */
final class JobStore {
    /** How long a forgotten job is still there, so that a late step does not create it anew. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** Beyond so many of all keys, in percent, a key without a job is forgotten after so long: no request is making the job then. */
    private static final int MANY = 25;

    private static final Duration UNUSED = Duration.ofMinutes(10);

    private final Ledgers ledgers;
    private final Limit keyLimit;
    private final Records<Job> jobs;
    private final StepStore<Job, Job> steps;
    private final IMap<String, JobKey> keyMap;
    private final Records<JobKey> keys;
    private final Batches<Claiming, Claim, JobKey, JobKey> claims;
    private final JobOptions options;
    private final Clocks clocks;

    JobStore(Cluster cluster, JobOptions options, Clocks clocks, Executor executor) {
        Duration patience = options.work().patience();
        this.ledgers = cluster.ledgers();
        // Chance spreads keys otherwise than jobs.
        this.keyLimit = new Limit(JobWire.KEYS, 2L * options.limit(), Limit.ANY);
        this.jobs = new Records<>(cluster, JobWire.JOBS);
        this.steps =
                new StepStore<>(cluster, jobs, patience, clocks, executor, new Owner(options.limit(), options.heads()));
        this.keyMap = cluster.map(JobWire.KEYS);
        this.keys = new Records<>(cluster, JobWire.KEYS);
        this.claims = new Batches<>(cluster, JobWire.KEYS, patience, clocks, executor, new Claims());
        this.options = options;
        this.clocks = clocks;
    }

    /** Changes the job by that step. Completes with the job as the backups have it, or fails with {@link JobRefusal}. */
    CompletionStage<Job> step(String job, JobStep step) {
        return steps.step(job, step);
    }

    /** Takes the key unless it is taken, and completes with the record of it. Fails with {@link JobRefusal}. */
    CompletionStage<JobKey> claim(String key, JobKey claim) {
        Claiming request = new Claiming(claim, clocks.ticker().nanos(), new CompletableFuture<>());
        claims.join(key, request);
        return request.result;
    }

    /** Forgets the key if it is that of this job. */
    CompletionStage<Boolean> release(String key, String job) {
        try {
            return keyMap.submitToKey(key, new Release(job));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The versions of these jobs as their primaries have them; 0 where there is none. */
    CompletionStage<Map<String, Long>> versions(Set<String> names) {
        return jobs.preview(names, new Job.VersionOf());
    }

    /** Whether the jobs must be weighed again, because members or partitions have moved. */
    boolean isUnweighed() {
        return jobs.isUnweighed();
    }

    /** Weighs the jobs whose primary is here, for the limit on their bytes. Blocks. */
    void weigh() {
        jobs.weigh(new Job.Weight());
    }

    /** A page of all jobs. Blocks. */
    List<Job> page(JobPage.Wanted wanted) {
        return jobs.aggregate(new JobPage(wanted, List.of()));
    }

    /** The jobs whose primary is here, and whose home is none of these members. Blocks. */
    Set<String> homeless(Set<String> members) {
        return jobs.ownKeys(new Job.Homeless(members));
    }

    /** The jobs whose primary is here, and whose request has a body that must be kept. Blocks. */
    Collection<Job> needingBodies() {
        return jobs.own(new Job.NeedsBody()).values();
    }

    /** Removes the jobs that ended long ago and whose primary is here. Blocks. */
    Collection<Job> forget() {
        return jobs.remove(new Job.LongEnded(clocks.cluster().millis(), keepMillis()))
                .values();
    }

    /** Whether this member has lately refused a new job. */
    boolean isPressed() {
        return jobs.isPressed();
    }

    /** Removes the jobs whose senders have read them at least so long ago, and whose primary is here. Blocks. */
    Collection<Job> forgetRead(Duration before) {
        long now = clocks.cluster().millis();
        long sending = options.work().patience().toMillis() * 2;
        return jobs.remove(new Job.ReadBefore(now - before.toMillis(), now - sending))
                .values();
    }

    private long keepMillis() {
        return options.keep().plus(GRACE).toMillis();
    }

    /** Forgets the keys of forgotten jobs, if their primary is here. Blocks. */
    void forgetKeys() {
        long kept = ledgers.isOverNames(keyLimit, MANY) ? Math.min(keepMillis(), UNUSED.toMillis()) : keepMillis();
        keys.own(new JobKey.UsedBefore(clocks.cluster().millis() - kept)).forEach((key, claim) -> {
            if (!jobs.contains(claim.job())) keyMap.executeOnKey(key, new Release(claim.job()));
        });
    }

    private static JobRefusal refusal(boolean sent, String why) {
        return new JobRefusal(sent ? Why.UNKNOWN : Why.UNAVAILABLE, why);
    }

    private static JobRefusal tooMany() {
        return new JobRefusal(Why.TOO_MANY_JOBS, "there are as many jobs as work.jobs or work.memory allows");
    }

    private record Owner(int limit, long memory) implements StepStore.Owner<Job, Job> {

        @Override
        public Rules<Job, Job> rules() {
            return new Job.Keeping();
        }

        @Override
        public RuntimeException refusal(StepStore.Failure failure, String why) {
            return switch (failure) {
                case UNAVAILABLE -> JobStore.refusal(false, why);
                case UNKNOWN -> JobStore.refusal(true, why);
                case FULL -> tooMany();
            };
        }
    }

    /** Takes a key unless it is taken; its answer is the record of the key, or none if there is no room for it. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Claim(JobKey key, boolean mayTake) implements Limitable<JobKey, JobKey> {

        @Override
        public Claim under(Allowance allowance) {
            return new Claim(key, allowance.create());
        }

        @Override
        public JobKey process(Entry<String, @Nullable JobKey> entry) {
            JobKey taken = entry.getValue();
            if (taken != null) return taken;
            if (!mayTake) return JobKey.NONE;
            entry.setValue(key);
            return key;
        }
    }

    /** Forgets a key if it is still that of this job. */
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

    private record Claiming(JobKey key, long since, CompletableFuture<JobKey> result) implements Batches.Request {}

    private final class Claims implements Batches.Store<Claiming, Claim, JobKey> {

        /** One at a time, because each learns who has the key. */
        @Override
        public List<Claiming> board(List<Claiming> waiting) {
            return List.of(waiting.remove(0));
        }

        @Override
        public Limit limit() {
            return keyLimit;
        }

        @Override
        public Claim command(String key, long number, List<Claiming> aboard) {
            return new Claim(aboard.get(0).key, true);
        }

        @Override
        public void deliver(String key, Claim claim, JobKey taken, List<Claiming> aboard) {
            for (Claiming request : aboard)
                if (taken.isNone()) request.result.completeExceptionally(tooMany());
                else request.result.complete(taken);
        }

        @Override
        public void refuse(List<Claiming> aboard, boolean sent, String why) {
            for (Claiming request : aboard) request.result.completeExceptionally(refusal(sent, why));
        }
    }
}
