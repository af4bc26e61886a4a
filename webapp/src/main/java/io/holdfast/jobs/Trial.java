// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.flow.Failure;
import io.holdfast.flow.ResponseHead;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.Headers;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.work.Requester;
import io.holdfast.work.WorkQueues;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One time that a job waits for a worker, and is given to it. The cluster knows that it is given before the worker does. */
final class Trial implements Requester {
    private static final int BAD_GATEWAY = 502, GATEWAY_TIMEOUT = 504;

    private final Jobs jobs;
    private final JobRun run;
    private final Job job;
    private final AtomicLong term;
    private final AtomicReference<byte @Nullable []> told = new AtomicReference<>();
    private final AtomicInteger telling = new AtomicInteger();
    private final AtomicLong reports = new AtomicLong();
    private volatile @Nullable Scheduled pause;
    private volatile WorkQueues.@Nullable Entry entry;
    private volatile boolean dropped;

    // Of the response, which comes piece by piece.
    private volatile int status;
    private volatile Headers headers = Headers.NONE;
    private volatile BodySource source = BodySource.NONE;
    private volatile @Nullable Keeping keeping;

    /** A trial of a job as it is now. */
    Trial(Jobs jobs, JobRun run, Job job) {
        this.jobs = jobs;
        this.run = run;
        this.job = job;
        this.term = new AtomicLong(job.term());
    }

    /** Begins, when it is due. */
    void start() {
        long left = job.due() - jobs.now();
        if (left <= 0) {
            enter();
            return;
        }
        run.accept();
        pause = jobs.later(Duration.ofMillis(left), this::enter);
        if (dropped) stopPausing();
    }

    private void stopPausing() {
        Scheduled pausing = pause;
        if (pausing != null) pausing.cancel();
    }

    private void enter() {
        if (dropped) return;
        Job.Kept body = job.request().body();
        WorkQueues.Entry entering = jobs.entry(
                job.request().order(),
                body == null ? null : jobs.body(body, this::bodyLost),
                Duration.ofMillis(Math.max(0, job.until() - jobs.now())),
                this);
        entry = entering;
        // Whoever is new is counted by the queue; whoever is not has its place by the time of its creation.
        entering.start(run.isAccepted() ? job.request().created() : 0);
        if (dropped) entering.cancel();
    }

    /** Nobody wants it any more. */
    void drop() {
        dropped = true;
        stopPausing();
        stop();
    }

    private void stop() {
        WorkQueues.Entry waiting = entry;
        if (waiting != null) waiting.cancel();
        Keeping kept = keeping;
        if (kept != null) kept.drop();
    }

    private void bodyLost() {
        stop();
        fail("the cluster has lost its request", null);
    }

    private CompletionStage<Void> fail(String why, Job.@Nullable Response response) {
        return run.end(this, jobs.failed(term.get(), why, response));
    }

    @Override
    public boolean isHeld() {
        return false;
    }

    @Override
    public void onQueued() {
        run.accept();
    }

    @Override
    public CompletionStage<Boolean> onMatched() {
        long before = term.getAndIncrement();
        return jobs.step(job.id(), JobStep.taken(jobs.me(), before)).handle((now, error) -> {
            boolean mine = error == null
                    && now.filter(taken -> jobs.isMine(taken)
                                    && taken.state() == Job.State.RUNNING
                                    && taken.term() == before + 1)
                            .isPresent();
            if (!mine) run.abandon(this);
            return mine && !dropped;
        });
    }

    @Override
    public void onRequeued() {
        jobs.step(job.id(), JobStep.returned(jobs.me(), term.getAndIncrement())).whenComplete((now, error) -> {
            if (error != null) run.doubt();
        });
    }

    /** The newest counts: what comes while another is on its way waits for that. */
    @Override
    public void progress(byte[] state) {
        byte[] json = Progress.json(state);
        if (json.length > Job.MOST_PROGRESS) return;
        told.set(json);
        if (telling.getAndIncrement() == 0) tell();
    }

    private void tell() {
        int heard = telling.get();
        byte[] state = told.getAndSet(null);
        if (state == null) {
            if (telling.addAndGet(-heard) != 0) tell();
            return;
        }
        jobs.step(job.id(), JobStep.progressed(jobs.me(), term.get(), reports.incrementAndGet(), state))
                .whenComplete((now, error) -> {
                    if (telling.addAndGet(-heard) != 0) tell();
                });
    }

    @Override
    public BodySink head(ResponseHead head, BodySource from) {
        status = head.status();
        headers = head.headers().without("Content-Length");
        source = from;
        from.request(BodySource.WINDOW);
        // The response of a trial that is followed by another need not be kept.
        if (isBad() && jobs.mayBeTriedAfterThis(job)) return new Response();
        keeping = jobs.keeping(job.id() + "." + term.get(), from::request);
        if (head.length() > jobs.longest()) tooLong();
        else if (jobs.isShort()) refuseResponse("there is no room for its response");
        return new Response();
    }

    private boolean isBad() {
        return status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT;
    }

    private void tooLong() {
        refuseResponse("its response is longer than work.job-size allows");
    }

    private void refuseResponse(String why) {
        stop();
        fail(why, null);
    }

    private void keep(byte[] bytes) {
        Keeping into = keeping;
        if (into == null) source.request(bytes.length);
        else if (into.length() + bytes.length > jobs.longest()) tooLong();
        else into.piece(bytes);
    }

    /** Keeps the whole response; completes when that is done, and fails if it cannot be. */
    private CompletionStage<Void> keepAll() {
        Keeping kept = keeping;
        if (kept == null) return fail("its worker has answered " + status, null);
        CompletionStage<Job.Kept> keeping = kept.end();
        keeping.exceptionally(error -> {
            fail("the cluster has not taken its response", null);
            return null;
        });
        return keeping.thenCompose(all -> answered(new Job.Response(status, headers, all)));
    }

    private CompletionStage<Void> answered(Job.Response response) {
        if (isBad()) return fail("its worker has answered " + status, response);
        return run.end(this, JobStep.answered(jobs.me(), term.get(), response));
    }

    private void breakOff() {
        Keeping kept = keeping;
        if (kept != null) kept.drop();
        fail("its worker has closed the connection within its answer", null);
    }

    @Override
    public void fail(Failure why) {
        switch (why.kind()) {
            case FULL -> full(JobRefusal.Why.QUEUE_FULL, why.detail());
            case TOO_MANY_QUEUES -> full(JobRefusal.Why.TOO_MANY_QUEUES, why.detail());
            case UNAVAILABLE, DECLINED -> {
                run.accept();
                run.abandon(this);
            }
            case NOT_TAKEN -> run.end(this, JobStep.expired(jobs.me(), term.get()));
            default -> fail(why.detail(), null);
        }
    }

    /** What was accepted before stays. */
    private void full(JobRefusal.Why why, String detail) {
        if (run.isAccepted()) run.abandon(this);
        else run.refuse(this, new JobRefusal(why, detail));
    }

    /** The body of the response. */
    private final class Response implements BodySink {

        @Override
        public void piece(ByteBuffer bytes) {
            keep(BodySink.bytes(bytes));
        }

        @Override
        public void end() {
            keepAll().whenComplete((kept, error) -> {
                if (error == null) source.confirm();
                else source.cancel();
            });
        }

        @Override
        public void fail(Exception why) {
            breakOff();
        }
    }
}
