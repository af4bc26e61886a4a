// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Attempts;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.work.queue.Queue.Match;
import io.holdfast.work.queue.QueueRefusal;
import io.holdfast.work.relay.Assignment;
import io.holdfast.work.relay.Order;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request of this member that waits for a worker and is given to one. If that worker was not there, another one gets the request; if it
 * died, only if the request may be performed twice. The requester gets one ending.
 */
final class QueuedRequest implements Sink<Match> {
    private static final Logger LOG = System.getLogger(QueuedRequest.class.getName());
    private static final String KEYS = "work.request";
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String NOT_REPEATABLE = ", and its body is too long to be given to another";

    /** The longest time in which a body is gathered before its request enters the queue. */
    private static final Duration GATHERING = Duration.ofSeconds(1);

    private final Matchmaker matchmaker;
    private final Order order;
    private final @Nullable RequestBody body;
    private final Attempts attempts;
    private final Requester requester;
    private final long since, until;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Waiter<Match> waiter;
    private volatile @Nullable Attempt attempt;
    private volatile boolean abandoned;
    private volatile long number; // the place in the queue; 0 while it is unknown
    private volatile long given; // the token of the newest match
    private volatile long waitsSince;

    /**
     * A request. It begins to wait when it is started.
     *
     * @param most the most workers that may get the request, if they die
     * @param wait how long it may wait for a worker
     */
    QueuedRequest(
            Matchmaker matchmaker,
            Order order,
            @Nullable RequestBody body,
            int most,
            Duration wait,
            Requester requester) {
        this.matchmaker = matchmaker;
        this.order = order;
        this.body = body;
        this.attempts = new Attempts(body, most, Set.of(Kind.DIED));
        this.requester = requester;
        this.since = now();
        this.until = since + wait.toNanos();
    }

    private long now() {
        return matchmaker.clocks().ticker().nanos();
    }

    String id() {
        return order.id();
    }

    boolean isFavoured() {
        return requester.isFavoured();
    }

    String queue() {
        return order.queue();
    }

    Order order() {
        return order;
    }

    /** Adds this request to the numbers. */
    QueueNumbers countIn(QueueNumbers others) {
        if (attempt != null) return others.andBusy();
        return others.andWaiting((now() - since) / NANOS_PER_SECOND);
    }

    /** Waits for a worker, at the place where the request has waited before. */
    void startAt(long place) {
        number = place;
        start();
    }

    /** Waits for a worker. */
    void start() {
        if (over.get()) return;
        waitsSince = now();
        Waiter<Match> waiting = begin(Duration.ofNanos(Math.max(0, until - waitsSince)));
        waiter = waiting;
        // Race: the end of the request against the lines above; whichever comes second sees the other, and
        // ends the wait.
        if (over.get()) waiting.gone();
        // A body that can be gathered is gathered first, so that the worker learns its length.
        if (body == null || order.length() >= 0) enter(waiting);
        else gather(body, waiting);
    }

    /** A client that sends slowly does not keep its request from the workers, which get the body as it comes then. */
    private void gather(RequestBody coming, Waiter<Match> waiting) {
        AtomicBoolean entered = new AtomicBoolean();
        Runnable enter = () -> {
            if (entered.compareAndSet(false, true)) enter(waiting);
        };
        Scheduled late = matchmaker.clocks().timer().after(GATHERING, () -> matchmaker
                .executor()
                .execute(enter));
        coming.whenGathered(() -> {
            late.cancel();
            enter.run();
        });
    }

    private void enter(Waiter<Match> waiting) {
        if (!waiting.hasEnded()) enter(number);
        // Race: the end of the request against its entry; whichever comes second sees the other, and
        // withdraws the entry.
        if (over.get()) matchmaker.withdraw(this);
    }

    private Waiter<Match> begin(Duration left) {
        Key<Match> key = new Key<>(KEYS, id());
        return requester.isHeld()
                ? matchmaker.waiters().hold(key, left, match -> true, this)
                : matchmaker.waiters().holdUnseen(key, left, this);
    }

    private void enter(long place) {
        matchmaker.enter(this, place).whenComplete((turned, error) -> {
            if (error == null) requester.onQueued();
            else if (!isGiven()) refuse(error);
        });
    }

    private boolean isGiven() {
        return given > 0;
    }

    private void refuse(Throwable error) {
        Throwable cause = error.getCause() == null ? error : error.getCause();
        Kind kind = Kind.UNAVAILABLE;
        if (cause instanceof QueueRefusal refusal)
            kind = switch (refusal.why()) {
                case QUEUE_FULL -> Kind.FULL;
                case TOO_MANY_QUEUES -> Kind.TOO_MANY_QUEUES;
                default -> Kind.UNAVAILABLE;
            };
        else LOG.log(Level.ERROR, "A request could not wait for a worker", error);
        refuse(kind, String.valueOf(cause.getMessage()));
    }

    private void refuse(Kind kind, String detail) {
        finish(() -> requester.fail(attempts.told(new Failure(kind, detail))));
        stopWaiting();
    }

    private void stopWaiting() {
        Waiter<Match> waiting = waiter;
        if (waiting != null) waiting.gone();
    }

    /** Enters the queue again if the request has waited since that time, because the queue does not know it. */
    void reenter(long since) {
        Waiter<Match> waiting = waiter;
        if (waiting != null && !waiting.hasEnded() && waitsSince - since < 0) enter(number);
    }

    /** The queue has matched the request with this worker. Returns whether the request takes the worker. */
    boolean offer(Match match) {
        Waiter<Match> waiting = waiter;
        if (waiting == null || match.token() <= given) return false;
        waiting.offer(match);
        return given == match.token();
    }

    /** Whether the request has already had that match or a newer one. */
    boolean knows(Match match) {
        return given >= match.token();
    }

    /** The client has left: ends the request, unless a worker has it and may finish. No other worker gets it. */
    void abandon() {
        abandoned = true;
        // Race: a worker that dies against this line; it has reset the attempt, or finds that the request is abandoned.
        if (attempt == null || matchmaker.options().abandoned() == WorkOptions.Abandoned.CANCEL) cancel();
    }

    /** Ends the request, because the response is not wanted any more. */
    void cancel() {
        Attempt going = attempt;
        finish(() -> {});
        stopWaiting();
        if (going != null) going.cancel();
    }

    @Override
    public boolean end(Outcome<Match> outcome) {
        Match match = outcome.state();
        if (match != null) {
            give(match);
            return true;
        }
        if (outcome.ending() != Ending.REFUSED) matchmaker.withdraw(this);
        switch (outcome.ending()) {
            case TIMED_OUT -> refuse(Kind.NOT_TAKEN, "no worker has taken it in time");
            case REFUSED -> refuse(Kind.FULL, "this member holds as many requests as it may, or is going down");
            case DRAINED -> refuse(Kind.FULL, "this member is going down");
            default -> {
                // The client has left, or this class has ended the request.
            }
        }
        return !over.get();
    }

    private void give(Match match) {
        given = match.token();
        number = match.request().number();
        attempts.begin();
        Attempt going = new Attempt();
        attempt = going;
        requester.onMatched().whenComplete((wanted, error) -> {
            if (error == null && wanted && !over.get()) going.start(match);
            else {
                finish(() -> {});
                matchmaker.giveBack(queue(), match);
            }
        });
    }

    /** The order for the next worker: with the length of its body, if that has come to be known. */
    private Order forWorker() {
        long length = body == null || order.length() >= 0 ? -1 : body.knownLength();
        Order measured = length < 0 ? order : order.as(order.id(), length);
        return attempts.mayHaveBegun() ? measured.repeated() : measured;
    }

    /** The one door to every ending; false if it has ended before. */
    private boolean finish(Runnable ending) {
        if (!over.compareAndSet(false, true)) return false;
        matchmaker.forget(this);
        try {
            ending.run();
        } finally {
            if (body != null) body.close();
        }
        return true;
    }

    /** An attempt with one worker. */
    private final class Attempt implements ResponseSink {
        private final ClosingReference<Running> running = new ClosingReference<>(Running::cancel);
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile long since;

        void start(Match match) {
            since = now();
            matchmaker.observer().waited(queue(), since - waitsSince);
            running.set(matchmaker.origin(match).start(new Assignment(forWorker(), match.token()), body, this));
            // Race: the end of the request against the start of this attempt; whichever comes second sees the other,
            // and cancels
            // the attempt.
            if (over.get()) cancel();
        }

        void cancel() {
            if (end()) running.close();
        }

        private boolean end() {
            return ended.compareAndSet(false, true);
        }

        private void measure() {
            matchmaker.observer().ran(queue(), now() - since);
        }

        @Override
        public void progress(byte[] state) {
            if (!ended.get()) requester.progress(state);
        }

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            if (ended.get()) {
                source.cancel();
                return BodySink.DISCARD;
            }
            return new Response(this, requester.head(head, source), source);
        }

        @Override
        public void fail(Failure why) {
            if (!end()) return;
            boolean declined = why.kind() == Kind.DECLINED;
            if (!declined) measure();
            if (attempts.mayRetry(why)) retry(why);
            else {
                Failure last = declined ? new Failure(Kind.DECLINED, why.detail() + NOT_REPEATABLE) : why;
                finish(() -> requester.fail(attempts.told(last)));
            }
        }

        private void retry(Failure why) {
            if (over.get()) return;
            attempt = null;
            if (abandoned) {
                cancel();
                return;
            }
            requester.onRequeued(why);
            QueuedRequest.this.start();
        }
    }

    /** The response of one worker. The request ends with it. */
    private final class Response implements BodySink {
        private final Attempt from;
        private final BodySink to;
        private final BodySource source;

        Response(Attempt from, BodySink to, BodySource source) {
            this.from = from;
            this.to = to;
            this.source = source;
        }

        @Override
        public void piece(ByteBuffer bytes) {
            if (!from.ended.get()) to.piece(bytes);
        }

        @Override
        public void end() {
            if (!from.end()) return;
            from.measure();
            if (!finish(to::end)) source.cancel();
        }

        @Override
        public void fail(Exception why) {
            if (!from.end()) return;
            from.measure();
            finish(() -> to.fail(why));
        }
    }
}
