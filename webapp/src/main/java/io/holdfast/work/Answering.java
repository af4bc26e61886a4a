// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Answer;
import io.holdfast.http.BodySink;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Refusal;
import io.holdfast.http.StalledException;
import io.holdfast.http.Upload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A worker that answers what it has leased, in a request of its own: the body of that is the body of the response. */
final class Answering implements BodySink {
    /** How much of it is on its way to the client. */
    private static final int WINDOW = 128 * 1024;

    private final Hub hub;
    private final HeldResponse response;
    private final WorkHeaders.Response head;
    private final LeaseResource resource;
    private final AtomicBoolean over = new AtomicBoolean(); // all of it has come, or will not
    private volatile @Nullable Upload upload;
    private volatile @Nullable Caller caller;

    Answering(Hub hub, HeldResponse response, WorkHeaders.Response head, LeaseResource resource) {
        this.hub = hub;
        this.response = response;
        this.head = head;
        this.resource = resource;
    }

    /** Begins, if the lease is its own. */
    void start(String lease, long token, boolean hasBody) throws IOException {
        if (hasBody) upload = response.upload(this);
        response.onGone(this::brokeOff);
        hub.answer(lease, token, new Worker()).whenComplete((found, error) -> {
            if (error != null) resource.cannotTell(response);
            else if (found.isEmpty()) stale();
            else begin(found.get());
        });
    }

    private void begin(Caller waiting) {
        caller = waiting;
        if (over.get()) {
            waiting.failed(Caller.Failure.DIED, "the response of its worker broke off");
            return;
        }
        waiting.head(head.status(), head.headers(), head.length());
        Upload coming = upload;
        if (coming == null) {
            end();
            return;
        }
        coming.failAfter(
                hub.options().stall(), (time, task) -> hub.clocks().timer().after(time, () -> hub.executor()
                        .execute(task)));
        coming.request(WINDOW);
    }

    private boolean isEnded() {
        return !over.compareAndSet(false, true);
    }

    @Override
    public void piece(ByteBuffer bytes) {
        Caller waiting = caller;
        if (waiting == null || over.get()) return;
        waiting.piece(BodySink.bytes(bytes));
    }

    @Override
    public void end() {
        Caller waiting = caller;
        if (waiting != null && !isEnded()) waiting.end();
    }

    @Override
    public void fail(Exception why) {
        brokeOff();
        if (why instanceof Refusal refusal) resource.refuse(response, refusal);
        else if (why instanceof StalledException stalled) resource.refuse(response, stalled.refusal());
    }

    private void brokeOff() {
        if (isEnded()) return;
        Caller waiting = caller;
        if (waiting != null) waiting.failed(Caller.Failure.DIED, "the response of its worker broke off");
    }

    private void stale() {
        isEnded();
        resource.stale(response);
    }

    /** The worker, as whoever waits for its response sees it. */
    private final class Worker implements Performer {

        @Override
        public void piece(byte[] bytes) {
            throw handed();
        }

        @Override
        public void end() {
            throw handed();
        }

        private static IllegalStateException handed() {
            return new IllegalStateException("Who answers has been handed the request");
        }

        @Override
        public void taken(int bytes) {
            Upload coming = upload;
            if (coming == null) return;
            coming.request(bytes);
        }

        @Override
        public void kept() {
            response.answer(Answer.empty(204));
        }

        @Override
        public void cancel() {
            stale();
        }
    }
}
