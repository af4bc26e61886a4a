// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.ClientResponse;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.Origin;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Response;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.work.relay.Assignment;
import io.holdfast.work.relay.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A worker that asks for a request and is held until there is one. It gets the request as the answer to its own, and later responds by a
 * {@link PullAnswer}. The response of this origin has no body, and ends when the worker has all of the request.
 */
final class PullOrigin implements Origin<Assignment>, Sink<PullOrigin.Handover> {
    private static final String KEYS = "work.pull";
    private static final int OK = 200;
    private static final OwnResponse NO_REQUEST = OwnResponse.empty(204);
    private static final ResponseHead HANDED = new ResponseHead(OK, Headers.NONE, 0);

    private final Matchmaker matchmaker;
    private final HeldResponse response;
    private final Json json;
    private final String base;
    private volatile @Nullable Waiter<Handover> waiter;
    private volatile @Nullable IdleWorker offer;
    private volatile @Nullable Handover handed;

    /**
     * A worker that gets its answer by that response.
     *
     * @param base the beginning of the locations of its leases
     */
    PullOrigin(Matchmaker matchmaker, HeldResponse response, Json json, String base) {
        this.matchmaker = matchmaker;
        this.response = response;
        this.json = json;
        this.base = base;
    }

    /** Waits up to that time for a request. If the time is zero, only a request that waits already is taken. */
    void hold(String queue, Duration wait) {
        Duration longest = wait.isZero() ? matchmaker.options().patience() : wait;
        Waiter<Handover> waiting = matchmaker.waiters().hold(new Key<>(KEYS, queue), longest, handover -> true, this);
        waiter = waiting;
        response.onGone(waiting::gone);
        if (waiting.hasEnded()) return;
        IdleWorker offered = matchmaker.offer(queue, this, true);
        offer = offered;
        // Race: the end of the wait against the line above; whichever comes second sees the other, and
        // withdraws the offer.
        if (waiting.hasEnded()) offered.leave();
        if (wait.isZero())
            offered.isAwaited().thenAccept(awaited -> {
                if (!awaited && offered.leave()) answerNone(waiting);
            });
    }

    private void answerNone(Waiter<Handover> waiting) {
        response.answer(NO_REQUEST);
        waiting.gone();
    }

    @Override
    public Running start(Assignment given, @Nullable RequestBody body, ResponseSink sink) {
        Waiter<Handover> waiting = waiter;
        Handover handover = new Handover(given, body, sink);
        if (waiting != null) waiting.offer(handover);
        if (handover.equals(handed)) return handover;
        sink.fail(new Failure(Kind.DECLINED, "the worker was not there"));
        return Running.NONE;
    }

    @Override
    public boolean end(Outcome<Handover> outcome) {
        Handover handover = outcome.state();
        if (handover != null) {
            handed = handover;
            handover.begin();
            return true;
        }
        IdleWorker offered = offer;
        if (offered != null) offered.leave();
        if (outcome.ending() == Ending.GONE) return false;
        return response.answer(outcome.ending() == Ending.REFUSED ? json.full() : NO_REQUEST);
    }

    /** A request on its way to the worker. */
    final class Handover implements Running, ClientResponse.Owner {
        private final Assignment given;
        private final @Nullable RequestBody body;
        private final ResponseSink sink;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable ClientResponse download;

        private Handover(Assignment given, @Nullable RequestBody body, ResponseSink sink) {
            this.given = given;
            this.body = body;
            this.sink = sink;
        }

        private void begin() {
            Order order = given.order();
            WorkHeaders.Given told = WorkHeaders.of(order, given.proof(), base + order.id(), matchmaker.options());
            long rest = order.hasBody() ? order.length() : 0;
            long length = rest < 0 ? -1 : told.begin().length + rest;
            ClientResponse coming =
                    ClientResponse.of(response, new ResponseHead(OK, told.headers(), length), matchmaker.stall(), this);
            download = coming;
            coming.begin(told.begin(), order.hasBody() ? body : null);
        }

        @Override
        public void cancel() {
            ClientResponse coming = download;
            if (over.compareAndSet(false, true) && coming != null)
                coming.fail(new IOException("Nobody wants it any more"));
        }

        /** The worker gets the same answer as if there had been no request. */
        @Override
        public Response answerTo(Exception why) {
            return NO_REQUEST;
        }

        @Override
        public void onWritten() {
            if (over.compareAndSet(false, true))
                sink.head(HANDED, BodySource.NONE).end();
        }

        @Override
        public void onBroken() {
            if (over.compareAndSet(false, true))
                sink.fail(new Failure(Kind.DIED, "the connection of its worker broke while it was given"));
        }
    }
}
