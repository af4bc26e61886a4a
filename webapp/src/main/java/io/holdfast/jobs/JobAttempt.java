// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.Pieces;
import io.holdfast.concurrent.ClosingReference;
import io.holdfast.concurrent.SerialCall;
import io.holdfast.flow.Failure;
import io.holdfast.flow.ResponseHead;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.message.Headers;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.work.Requester;
import io.holdfast.work.WorkQueues;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One attempt of a job: it waits for a worker, and is given to it once the cluster has recorded that. */
final class JobAttempt implements Requester {
    private static final int BAD_GATEWAY = 502, GATEWAY_TIMEOUT = 504;

    private final Jobs jobs;
    private final JobHome home;
    private final Job job;
    private final AtomicLong term;
    private final AtomicReference<byte @Nullable []> report = new AtomicReference<>(); // the newest that was not sent
    private final SerialCall reporting = new SerialCall(this::sendReport);
    private long reports; // changed by the reporting only
    private final ClosingReference<Scheduled> pause = new ClosingReference<>(Scheduled::cancel);
    private final ClosingReference<WorkQueues.Entry> entry = new ClosingReference<>(WorkQueues.Entry::cancel);

    // The response comes piece by piece.
    private volatile int status;
    private volatile Headers headers = Headers.NONE;
    private volatile BodySource source = BodySource.NONE;
    private final ClosingReference<ResponseWriter> response = new ClosingReference<>(ResponseWriter::drop);

    /** An attempt of a job as it is now. */
    JobAttempt(Jobs jobs, JobHome home, Job job) {
        this.jobs = jobs;
        this.home = home;
        this.job = job;
        this.term = new AtomicLong(job.term());
    }

    /** Begins when the job is due. */
    void start() {
        long left = job.due() - jobs.now();
        if (left <= 0) {
            enter();
            return;
        }
        home.accept();
        pause.set(jobs.later(Duration.ofMillis(left), this::enter));
    }

    private void enter() {
        if (entry.isClosed()) return;
        Job.Kept body = job.request().body();
        WorkQueues.Entry entering = jobs.entry(
                job.mayHaveBegun()
                        ? job.request().order().repeated()
                        : job.request().order(),
                body == null ? null : jobs.body(body, this::onBodyLost),
                Duration.ofMillis(Math.max(0, job.until() - jobs.now())),
                this);
        // The queue counts a new job; one that it had accepted has its place by the time of its creation.
        if (entry.set(entering))
            entering.start(home.isAccepted() ? job.request().created() : 0);
    }

    /** The job has ended, or has another home. */
    void drop() {
        pause.close();
        stop();
    }

    private void stop() {
        entry.close();
        response.close();
    }

    private void onBodyLost() {
        stop();
        fail("the cluster has lost its request", null);
    }

    private CompletionStage<Void> fail(String why, Job.@Nullable Response answer) {
        return home.end(this, jobs.failed(term.get(), why, answer));
    }

    @Override
    public boolean isHeld() {
        return false;
    }

    @Override
    public void onQueued() {
        home.accept();
    }

    @Override
    public CompletionStage<Boolean> onMatched() {
        // Race: the match against the answer of the queue; whichever comes first shows that the job is in its queue.
        home.accept();
        long before = term.getAndIncrement();
        return jobs.step(job.id(), new JobStep.Take(jobs.me(), before)).handle((now, error) -> {
            boolean mine =
                    error == null && jobs.isMine(now) && now.state() == Job.State.RUNNING && now.term() == before + 1;
            if (!mine) home.abandon(this);
            return mine && !entry.isClosed();
        });
    }

    @Override
    public void onRequeued(Failure why) {
        String doubt = why.mayHaveBegun() ? why.detail() : null;
        jobs.step(job.id(), new JobStep.PutBack(jobs.me(), term.getAndIncrement(), doubt))
                .whenComplete((now, error) -> {
                    if (error != null) home.doubt();
                });
    }

    /** One report is sent at a time; of those that come meanwhile, the newest counts. */
    @Override
    public void progress(byte[] state) {
        byte[] json = Progress.json(state);
        if (json.length > Job.MOST_PROGRESS) return;
        report.set(json);
        reporting.trigger();
    }

    private CompletionStage<?> sendReport() {
        byte[] newest = report.getAndSet(null);
        if (newest == null) return CompletableFuture.completedFuture(null);
        return jobs.step(job.id(), new JobStep.Report(jobs.me(), term.get(), ++reports, newest));
    }

    @Override
    public boolean isFavoured() {
        return home.isFavoured();
    }

    @Override
    public BodySink head(ResponseHead head, BodySource from) {
        status = head.status();
        headers = head.headers().without("Content-Length");
        source = from;
        from.request(BodySource.WINDOW);
        // The response of an attempt that is repeated is not kept.
        if (!isBad() || !jobs.mayBeRetriedAfterThis(job)) {
            response.set(jobs.writer(job.id() + "." + term.get(), from, this::onNotStored));
            if (head.length() > jobs.longest()) refuseLongResponse();
            else if (jobs.isShort()) refuseResponse("there is no room for its response");
        }
        return new Body();
    }

    private boolean isBad() {
        return status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT;
    }

    private void onNotStored(Throwable error) {
        refuseResponse(
                Pieces.NoRoomException.isCauseOf(error)
                        ? "there is no room for its response"
                        : "the cluster has not taken its response");
    }

    private void refuseLongResponse() {
        refuseResponse("its response is longer than work.job-size allows");
    }

    private void refuseResponse(String why) {
        stop();
        fail(why, null);
    }

    private void write(byte[] bytes) {
        ResponseWriter writer = response.get();
        if (writer == null) source.request(bytes.length);
        else if (writer.length() + bytes.length > jobs.longest()) refuseLongResponse();
        else writer.write(bytes);
    }

    /** The response is whole. Completes when it is kept; fails if it cannot be kept. */
    private CompletionStage<Void> keep() {
        ResponseWriter writer = response.get();
        if (writer == null) return fail("its worker has answered " + status, null);
        CompletionStage<Job.Kept> writing = writer.end();
        return writing.thenCompose(body -> onResponse(new Job.Response(status, headers, body)));
    }

    private CompletionStage<Void> onResponse(Job.Response whole) {
        if (isBad()) return fail("its worker has answered " + status, whole);
        return home.end(this, new JobStep.Answer(jobs.me(), term.get(), whole));
    }

    @Override
    public void fail(Failure why) {
        switch (why.kind()) {
            case FULL -> refuse(JobRefusal.Why.QUEUE_FULL, why.detail());
            case TOO_MANY_QUEUES -> refuse(JobRefusal.Why.TOO_MANY_QUEUES, why.detail());
            case UNAVAILABLE, DECLINED -> {
                home.accept();
                home.abandon(this);
            }
            case NOT_TAKEN -> home.end(this, new JobStep.Expire(jobs.me(), term.get()));
            default -> fail(why.detail(), null);
        }
    }

    /** There is no room in the queue. A job that was accepted before stays. */
    private void refuse(JobRefusal.Why why, String detail) {
        if (home.isAccepted()) home.abandon(this);
        else home.refuse(this, new JobRefusal(why, detail));
    }

    /** Receives the body of the response. */
    private final class Body implements BodySink {

        @Override
        public void piece(ByteBuffer bytes) {
            write(BodySink.bytes(bytes));
        }

        @Override
        public void end() {
            keep().whenComplete((kept, error) -> {
                if (error == null) source.confirm();
                else source.cancel();
            });
        }

        @Override
        public void fail(Exception why) {
            response.close();
            JobAttempt.this.fail("its worker has closed the connection within its answer", null);
        }
    }
}
