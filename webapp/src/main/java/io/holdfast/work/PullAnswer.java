// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.ResponseHead;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.StalledException;
import io.holdfast.http.Upload;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a worker to a request that it has leased. The worker sends it in a request of its own, whose body is the body of
 * the response.
 */
final class PullAnswer implements BodySink {
    private final Matchmaker matchmaker;
    private final HeldResponse response;
    private final ResponseHead head;
    private final LeaseResource resource;
    private final AtomicBoolean over = new AtomicBoolean(); // whether the body has ended or broken off
    private final AtomicLong requested = new AtomicLong(); // the bytes requested while the sink is unknown
    private volatile @Nullable Upload upload;
    private volatile @Nullable BodySink sink;

    PullAnswer(Matchmaker matchmaker, HeldResponse response, ResponseHead head, LeaseResource resource) {
        this.matchmaker = matchmaker;
        this.response = response;
        this.head = head;
        this.resource = resource;
    }

    /** Begins the answer, if the worker has the lease. */
    void start(String lease, String token, boolean hasBody) throws IOException {
        if (hasBody) {
            Upload coming = response.upload(this);
            upload = coming;
            // A response may be a stream of events.
            coming.allowSlowness();
            coming.failAfter(matchmaker.options().stall(), (time, task) -> matchmaker
                    .clocks()
                    .timer()
                    .after(time, () -> matchmaker.executor().execute(task)));
        }
        response.onGone(this::breakOff);
        matchmaker.answer(lease, token, head, new Body()).whenComplete((found, error) -> {
            if (error != null) resource.cannotTell(response);
            else if (found.isEmpty()) stale();
            else begin(found.get());
        });
    }

    private void begin(BodySink to) {
        sink = to;
        // Race: a worker that leaves against the line above; whichever comes second sees the other, and fails the sink.
        if (over.get()) to.fail(brokenOff());
        else if (upload == null) end();
        else requestMore();
    }

    private static Failure brokenOff() {
        return new Failure(Kind.DIED, "the response of its worker broke off");
    }

    private void requestMore() {
        Upload coming = upload;
        if (sink == null || coming == null) return;
        long bytes = requested.getAndSet(0);
        if (bytes > 0) coming.request(bytes);
    }

    private boolean close() {
        return over.compareAndSet(false, true);
    }

    @Override
    public void piece(ByteBuffer bytes) {
        BodySink to = sink;
        if (to != null && !over.get()) to.piece(bytes);
    }

    @Override
    public void end() {
        BodySink to = sink;
        if (to != null && close()) to.end();
    }

    @Override
    public void fail(Exception why) {
        breakOff();
        if (why instanceof Refusal refusal) resource.refuse(response, refusal);
        else if (why instanceof StalledException stalled) resource.refuse(response, stalled.refusal());
    }

    private void breakOff() {
        BodySink to = sink;
        if (close() && to != null) to.fail(brokenOff());
    }

    private void stale() {
        close();
        resource.stale(response);
    }

    /** The body as its receiver sees it. The receiver may request bytes before its sink is known here. */
    private final class Body implements BodySource {

        @Override
        public void request(long bytes) {
            requested.addAndGet(bytes);
            requestMore();
        }

        @Override
        public void cancel() {
            stale();
        }

        @Override
        public void confirm() {
            response.answer(OwnResponse.empty(204));
        }
    }
}
