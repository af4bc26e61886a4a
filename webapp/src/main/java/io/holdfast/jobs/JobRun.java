// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.jobs.Job.State;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A job whose home is this member: it is tried, again perhaps, until it has ended or is somebody else's. What the cluster could not say
 * is found out by the sweep.
 */
final class JobRun {
    private final Jobs jobs;
    private final String id;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private @Nullable Job job; // as far as is known; guarded by this, as is the next
    private @Nullable Trial trial;
    private @Nullable JobStep last; // of a trial that is over, until it is known to have counted
    private @Nullable JobRefusal refusal; // that it was told, unless the cluster has another end of it
    private boolean over;
    private volatile boolean unsure;

    JobRun(Jobs jobs, String id) {
        this.jobs = jobs;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Completes when the job is in its queue; fails if there is no room for it. */
    CompletionStage<Void> accepted() {
        return accepted.minimalCompletionStage();
    }

    /** There is no doubt that it may be in its queue. */
    void accept() {
        accepted.complete(null);
    }

    boolean isAccepted() {
        return accepted.isDone();
    }

    /** There is no room for it in its queue. It is not said before it is sure that nobody performs it. */
    void refuse(Trial refused, JobRefusal why) {
        synchronized (this) {
            refusal = why;
        }
        end(refused, JobStep.cancelled(String.valueOf(why.getMessage())));
    }

    /** It cannot be told how far it is: the next sweep looks. */
    void doubt() {
        unsure = true;
    }

    boolean isUnsure() {
        return unsure;
    }

    synchronized boolean isRunning() {
        return job != null && job.state() == State.RUNNING;
    }

    synchronized long version() {
        return job == null ? 0 : job.version();
    }

    /** The job as it is, or was a moment ago. */
    void know(Job now) {
        Trial dropped;
        synchronized (this) {
            if (over || (job != null && now.version() < job.version())) return;
            job = now;
            if (jobs.isMine(now)) return;
            over = true;
            dropped = trial;
            trial = null;
        }
        ended(dropped);
        jobs.over(this, now);
    }

    /** The cluster does not know the job. */
    void lost() {
        Trial dropped;
        synchronized (this) {
            if (over) return;
            over = true;
            dropped = trial;
            trial = null;
        }
        ended(dropped);
        jobs.over(this, null);
    }

    private void ended(@Nullable Trial dropped) {
        if (dropped != null) dropped.drop();
        JobRefusal why;
        synchronized (this) {
            why = refusal;
        }
        if (why == null) accept();
        else accepted.completeExceptionally(why);
    }

    /** Tries it, if that is what it waits for. */
    void proceed() {
        Trial next = null;
        JobStep late = null;
        synchronized (this) {
            Job now = job;
            if (over || now == null || trial != null || last != null) return;
            if (now.state() == State.RUNNING) unsure = true;
            else if (now.until() <= jobs.now()) late = JobStep.expired(jobs.me(), now.term());
            else next = new Trial(jobs, this, now);
            trial = next;
            last = late;
        }
        if (next != null) next.start();
        if (late != null) send(late);
    }

    /** That trial is over, and this is what came of it; fails if that does not matter any more, or is not known to the cluster yet. */
    CompletionStage<Void> end(Trial ending, JobStep step) {
        synchronized (this) {
            if (over || trial != ending)
                return CompletableFuture.failedFuture(new IllegalStateException("The trial is over already"));
            trial = null;
            last = step;
        }
        return send(step);
    }

    /** That trial is over, and it is not known what came of it. */
    void abandon(Trial ending) {
        synchronized (this) {
            if (trial == ending) trial = null;
        }
        doubt();
    }

    @SuppressWarnings("ReferenceEquality") // that very step
    private CompletionStage<Void> send(JobStep step) {
        CompletionStage<Optional<Job>> sending = jobs.step(id, step);
        sending.whenComplete((now, error) -> {
            if (error != null) {
                doubt();
                // If it was accepted before, that changes nothing.
                accepted.completeExceptionally(error);
                return;
            }
            synchronized (this) {
                if (last == step) last = null;
            }
            proceed();
        });
        return sending.thenApply(now -> null);
    }

    /** Finds out what is not known. */
    void look() {
        unsure = false;
        JobStep again;
        synchronized (this) {
            again = last;
        }
        if (again != null) send(again);
        else
            jobs.look(id).whenComplete((now, error) -> {
                if (error != null) doubt();
                else resume();
            });
    }

    /** A worker that nobody here knows of any more may have done anything. */
    private void resume() {
        JobStep unknown = null;
        synchronized (this) {
            if (!over && job != null && job.state() == State.RUNNING && trial == null && last == null)
                last = unknown = jobs.failed(job.term(), "it is not known what its worker has done", null);
        }
        if (unknown == null) proceed();
        else send(unknown);
    }
}
