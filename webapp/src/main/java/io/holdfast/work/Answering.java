// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Answer;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Problem;
import io.holdfast.http.Refusal;
import io.holdfast.http.Upload;
import io.holdfast.time.Timer.Scheduled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A worker that answers what it has leased, in a request of its own: the body of that is the body of the response. */
final class Answering implements Upload.Sink {
    /** How much of it is on its way to the client. */
    private static final int WINDOW = 128 * 1024;

    private final Hub hub;
    private final HeldResponse response;
    private final WorkHeaders.Response head;
    private final LeaseResource resource;
    private final AtomicBoolean over = new AtomicBoolean(); // all of it has come, or will not
    private volatile @Nullable Upload upload;
    private volatile @Nullable Scheduled looking;
    private volatile @Nullable Caller caller;
    private volatile long seen = -1;

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
        looking = hub.clocks().timer().every(hub.options().stall(), () -> look(coming));
        if (over.get()) stopLooking();
        coming.want(WINDOW);
    }

    /** Nothing may come for so long as this is called again, where something is wanted. */
    private void look(Upload coming) {
        long now = coming.come();
        boolean stalled = now == seen && coming.isAwaited();
        seen = now;
        if (stalled) hub.executor().execute(() -> broken(new StalledException()));
    }

    private void stopLooking() {
        Scheduled scheduled = looking;
        if (scheduled != null) scheduled.cancel();
    }

    private boolean isEnded() {
        if (!over.compareAndSet(false, true)) return true;
        stopLooking();
        return false;
    }

    @Override
    public void piece(ByteBuffer bytes) {
        Caller waiting = caller;
        if (waiting == null || over.get()) return;
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        waiting.piece(copy);
    }

    @Override
    public void end() {
        Caller waiting = caller;
        if (waiting != null && !isEnded()) waiting.end();
    }

    @Override
    public void broken(Exception why) {
        brokeOff();
        if (why instanceof Refusal refusal) resource.refuse(response, refusal);
        else if (why instanceof StalledException)
            resource.refuse(response, new Refusal(Problem.of(408, "The body did not come.")));
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
            coming.let(bytes);
            coming.want(bytes);
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

    /** Nothing of it has come for too long. */
    private static final class StalledException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
