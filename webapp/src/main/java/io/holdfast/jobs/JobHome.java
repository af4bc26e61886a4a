// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.jobs.Job.State;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A job at this member, its home: it is attempted, perhaps several times, until it has ended or has another home. If the cluster does not
 * answer, the next sweep finds out what became of it.
 */
final class JobHome {
    private final Jobs jobs;
    private final String id;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private @Nullable Job job; // as far as known; guarded by this, as are the following
    private @Nullable JobAttempt attempt;
    private @Nullable JobStep last; // the end of an attempt, until the cluster has answered it
    private @Nullable JobRefusal refusal; // what the client is told, unless the job has ended otherwise
    private boolean closed;
    private volatile boolean unsure, refused, favoured;

    JobHome(Jobs jobs, String id) {
        this.jobs = jobs;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** The part of the queues that is kept for workers and operators is for the job, too. */
    void favour() {
        favoured = true;
    }

    boolean isFavoured() {
        return favoured;
    }

    /** Completes when the job is in its queue; fails if there is no room for it. */
    CompletionStage<Void> accepted() {
        return accepted.minimalCompletionStage();
    }

    /** The job is in its queue, or may be. */
    void accept() {
        accepted.complete(null);
    }

    boolean isAccepted() {
        return accepted.isDone();
    }

    /** Whether there was no room for the job in its queue, so that it certainly ended without a worker. */
    boolean isRefused() {
        return refused;
    }

    /** There is no room for the job in its queue. The client learns it when it is sure that no worker has the job. */
    void refuse(JobAttempt refused, JobRefusal why) {
        synchronized (this) {
            refusal = why;
        }
        end(refused, new JobStep.Cancel(String.valueOf(why.getMessage())));
    }

    /** The state of the job is not known: the next sweep finds it out. */
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

    /** The cluster has shown the job, perhaps a moment ago. */
    void know(Job now) {
        JobAttempt dropped;
        synchronized (this) {
            if (closed || (job != null && now.version() < job.version())) return;
            job = now;
            if (jobs.isMine(now)) return;
            dropped = closeAttempt();
        }
        close(dropped, now);
    }

    /** The cluster does not know the job. */
    void onLost() {
        JobAttempt dropped;
        synchronized (this) {
            if (closed) return;
            dropped = closeAttempt();
        }
        close(dropped, Job.NONE);
    }

    /** Called with the lock held. */
    private @Nullable JobAttempt closeAttempt() {
        closed = true;
        JobAttempt open = attempt;
        attempt = null;
        return open;
    }

    private void close(@Nullable JobAttempt dropped, Job now) {
        if (dropped != null) dropped.drop();
        JobRefusal why;
        synchronized (this) {
            why = refusal;
        }
        // If another member has adopted it meanwhile, it is performed.
        refused = why != null && now.state() == State.CANCELLED;
        if (why == null || !refused) accept();
        else accepted.completeExceptionally(why);
        jobs.onClosed(this, now);
    }

    /** Attempts the job if it waits for that. */
    void proceed() {
        JobAttempt next = null;
        JobStep late = null;
        synchronized (this) {
            Job now = job;
            if (closed || now == null || attempt != null || last != null) return;
            if (now.state() == State.RUNNING) unsure = true;
            else if (now.until() <= jobs.now()) late = new JobStep.Expire(jobs.me(), now.term());
            else next = new JobAttempt(jobs, this, now);
            attempt = next;
            last = late;
        }
        if (next != null) next.start();
        if (late != null) send(late);
    }

    /** The attempt has ended with this step. Fails if that does not matter any more, or the cluster has not answered. */
    CompletionStage<Void> end(JobAttempt ending, JobStep step) {
        synchronized (this) {
            if (attempt != ending) return CompletableFuture.failedFuture(new IllegalStateException("it has ended"));
            attempt = null;
            last = step;
        }
        return send(step);
    }

    /** The attempt has ended, and its result is not known. */
    void abandon(JobAttempt ending) {
        synchronized (this) {
            if (attempt == ending) attempt = null;
        }
        doubt();
    }

    @SuppressWarnings("ReferenceEquality") // that very step
    private CompletionStage<Void> send(JobStep step) {
        CompletionStage<Job> sending = jobs.step(id, step);
        sending.whenComplete((now, error) -> {
            if (error != null) {
                doubt();
                // No effect if it was accepted before. The cluster has the job, and another member may adopt it.
                accepted.completeExceptionally(
                        new JobRefusal(JobRefusal.Why.UNKNOWN, "it is not known whether the job will be performed"));
                return;
            }
            synchronized (this) {
                if (last == step) last = null;
            }
            proceed();
        });
        return sending.thenApply(now -> null);
    }

    /** Finds out the state of the job. */
    void refresh() {
        unsure = false;
        JobStep unanswered;
        synchronized (this) {
            unanswered = last;
        }
        if (unanswered != null) send(unanswered);
        else
            jobs.look(id).whenComplete((now, error) -> {
                if (error != null) doubt();
                else resume();
            });
    }

    /** A worker has the job and this member knows of no attempt: the worker may have done anything. */
    private void resume() {
        JobStep unknown = null;
        synchronized (this) {
            if (!closed && job != null && job.state() == State.RUNNING && attempt == null && last == null)
                last = unknown = jobs.failed(job.term(), "it is not known what its worker has done", null);
        }
        if (unknown == null) proceed();
        else send(unknown);
    }
}
