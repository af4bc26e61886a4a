// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.map.IMap;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.MemberTrust;
import io.holdfast.jobs.JobRefusal.Why;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The jobs and their keys in the cluster's maps; the only class that holds these. */
final class JobStore {
    /** What is forgotten is still there for so long, lest a step that is late creates it anew. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final IMap<String, Job> map;
    private final IMap<String, JobKey> keys;
    private final Batches<Stepping, JobTurn, Job, JobTurned> batches;
    private final Batches<Claiming, JobClaim, JobKey, JobKey> claims;
    private final MemberTrust standing;
    private final JobOptions options;
    private final Clocks clocks;
    private volatile boolean roomForMore = true;

    JobStore(Cluster cluster, JobOptions options, Clocks clocks, Executor executor) {
        this.map = cluster.map(JobWire.JOBS);
        this.keys = cluster.map(JobWire.KEYS);
        this.batches = new Batches<>(cluster, JobWire.JOBS, options.work().patience(), clocks, executor, new Turns());
        this.claims = new Batches<>(cluster, JobWire.KEYS, options.work().patience(), clocks, executor, new Claims());
        this.standing = cluster.trust();
        this.options = options;
        this.clocks = clocks;
    }

    /** Has this happen to the job; the job afterwards, as the backups have it, if there is one. Fails with {@link JobRefusal}. */
    CompletionStage<Optional<Job>> step(String job, JobStep step) {
        Stepping request = new Stepping(step, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(job, request);
        return request.result;
    }

    /** Takes the key, unless it is taken; what is remembered of it. Fails with {@link JobRefusal}. */
    CompletionStage<JobKey> claim(String key, JobKey claim) {
        Claiming request = new Claiming(claim, clocks.ticker().nanos(), new CompletableFuture<>());
        claims.join(key, request);
        return request.result;
    }

    /** Forgets the key, if it is that of this job. */
    CompletionStage<Boolean> release(String key, String job) {
        try {
            return keys.submitToKey(key, new JobClaim.Release(job));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The versions of these jobs as their primaries have them, for a first look; 0 where there is none. */
    CompletionStage<Map<String, Long>> glance(Set<String> jobs) {
        return map.submitToKeys(jobs, new JobGlance());
    }

    /** A page of all jobs. Blocks. */
    List<Job> page(JobPage.Wanted wanted) {
        return map.aggregate(new JobPage(wanted, List.of()));
    }

    /** Looks whether there may be more: whether this member owns more than its share of what is allowed. */
    void takeStock() {
        long share = -Math.floorDiv(-options.limit(), Math.max(1, standing.size()));
        roomForMore = map.getLocalMapStats().getOwnedEntryCount() < share;
    }

    /** The jobs whose primary is here, and whose home is none of these members. Blocks. */
    Set<String> homeless(Set<String> members) {
        return Cluster.ownKeys(map, new JobForget.Homeless(members));
    }

    /** The jobs whose primary is here, and whose requests must be kept for longer. Blocks. */
    List<Job> needy() {
        return List.copyOf(
                map.getAll(Cluster.ownKeys(map, new JobForget.Needy())).values());
    }

    /** Removes those that have long ended and whose primary is here. Blocks. */
    List<Job> forget() {
        long now = clocks.wall().millis(), keep = options.keep().plus(GRACE).toMillis();
        Set<String> due = Cluster.ownKeys(map, new JobForget.Due(now, keep));
        if (due.isEmpty()) return List.of();
        List<Job> forgotten = new ArrayList<>();
        map.executeOnKeys(due, new JobForget(now, keep)).values().forEach(removed -> {
            if (removed.job() != null) forgotten.add(removed.job());
        });
        return forgotten;
    }

    /** Forgets the keys whose jobs are forgotten, and whose primary is here. Blocks. */
    void forgetKeys() {
        long keep = options.keep().plus(GRACE).toMillis();
        Set<String> old =
                Cluster.ownKeys(keys, new JobClaim.Before(clocks.wall().millis() - keep));
        keys.getAll(old).forEach((key, claim) -> {
            if (!map.containsKey(claim.job())) keys.executeOnKey(key, new JobClaim.Release(claim.job()));
        });
    }

    private static JobRefusal refusal(boolean sent, String why) {
        return new JobRefusal(sent ? Why.UNKNOWN : Why.UNAVAILABLE, why);
    }

    private record Stepping(JobStep step, long since, CompletableFuture<Optional<Job>> result)
            implements Batches.Request {}

    private record Claiming(JobKey key, long since, CompletableFuture<JobKey> result) implements Batches.Request {}

    private final class Turns implements Batches.Store<Stepping, JobTurn, JobTurned> {

        @Override
        public JobTurn command(String job, long number, List<Stepping> aboard) {
            List<JobStep> steps = aboard.stream().map(Stepping::step).toList();
            return new JobTurn(clocks.wall().millis(), roomForMore, steps);
        }

        @Override
        public void deliver(String job, JobTurn turn, JobTurned turned, List<Stepping> aboard) {
            Optional<Job> now = Optional.ofNullable(turned.job());
            for (Stepping request : aboard)
                if (now.isPresent() || request.step.job() == null) request.result.complete(now);
                else
                    request.result.completeExceptionally(
                            new JobRefusal(Why.TOO_MANY_JOBS, "there are as many jobs as work.jobs allows"));
        }

        @Override
        public void refuse(List<Stepping> aboard, boolean sent, String why) {
            for (Stepping request : aboard) request.result.completeExceptionally(refusal(sent, why));
        }
    }

    private static final class Claims implements Batches.Store<Claiming, JobClaim, JobKey> {

        /** One at a time: each learns who has the key. */
        @Override
        public List<Claiming> board(List<Claiming> waiting) {
            return List.of(waiting.remove(0));
        }

        @Override
        public JobClaim command(String key, long number, List<Claiming> aboard) {
            return new JobClaim(aboard.get(0).key);
        }

        @Override
        public void deliver(String key, JobClaim claim, JobKey taken, List<Claiming> aboard) {
            for (Claiming request : aboard) request.result.complete(taken);
        }

        @Override
        public void refuse(List<Claiming> aboard, boolean sent, String why) {
            for (Claiming request : aboard) request.result.completeExceptionally(refusal(sent, why));
        }
    }
}
