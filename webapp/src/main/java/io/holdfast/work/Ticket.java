// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.RequestBody;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.Headers;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.work.Customer.Why;
import io.holdfast.work.queue.Queue.Match;
import io.holdfast.work.queue.QueueRefusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A request of this member that waits for a worker, is given to one, and to another if that was not there, or died and the request may be
 * performed twice. It has one customer, who is told how it ended, once.
 */
final class Ticket implements Sink<Match> {
    private static final Logger LOG = System.getLogger(Ticket.class.getName());
    private static final String KEYS = "work.ticket";
    private static final double NANOS_PER_SECOND = 1e9;
    private final Hub hub;
    private final Order order;
    private final @Nullable RequestBody body;
    private final int most;
    private final Customer customer;
    private final long since, until;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile @Nullable Wait wait;
    private volatile @Nullable Attempt attempt;
    private volatile long number; // in the queue; 0 while nobody knows
    private volatile long given; // the newest pair
    private volatile long waitsSince;

    /**
     * A request with its body, for a customer.
     *
     * @param most how many workers it may be given to, if they die
     * @param wait how long it may wait for a worker
     */
    Ticket(Hub hub, Order order, @Nullable RequestBody body, int most, Duration wait, Customer customer) {
        this.hub = hub;
        this.order = order;
        this.body = body;
        this.most = most;
        this.customer = customer;
        this.since = now();
        this.until = since + wait.toNanos();
    }

    private long now() {
        return hub.clocks().ticker().nanos();
    }

    String id() {
        return order.id();
    }

    String queue() {
        return order.queue();
    }

    Order order() {
        return order;
    }

    /** The numbers with this one. */
    QueueNumbers countIn(QueueNumbers others) {
        if (attempt != null) return others.andBusy();
        return others.andWaiting((now() - since) / NANOS_PER_SECOND);
    }

    /** Waits for a worker, where it has waited before. */
    void startAt(long place) {
        number = place;
        start();
    }

    /** Waits for a worker. */
    void start() {
        if (over.get()) return;
        waitsSince = now();
        Wait waiting = begin(Duration.ofNanos(Math.max(0, until - waitsSince)));
        wait = waiting;
        if (over.get()) waiting.gone();
        if (!waiting.hasEnded()) enter(number);
        // Who has gone meanwhile was not there to be withdrawn.
        if (over.get()) hub.withdraw(this);
    }

    private Wait begin(Duration left) {
        if (!customer.isHeld()) return Wait.unheld(left, this, hub.clocks().timer(), hub.executor());
        return Wait.of(hub.waiters().hold(new Key<>(KEYS, id()), left, match -> true, this));
    }

    private void enter(long place) {
        hub.enter(this, place).whenComplete((turned, error) -> {
            if (error == null) customer.waits();
            else if (!isGiven()) refuse(error);
        });
    }

    private boolean isGiven() {
        return given > 0;
    }

    private void refuse(Throwable error) {
        Throwable cause = error.getCause() == null ? error : error.getCause();
        Why why = Why.UNAVAILABLE;
        if (cause instanceof QueueRefusal refusal)
            why = switch (refusal.why()) {
                case QUEUE_FULL -> Why.FULL;
                case TOO_MANY_QUEUES -> Why.TOO_MANY_QUEUES;
                default -> Why.UNAVAILABLE;
            };
        else LOG.log(Level.ERROR, "A request could not wait for a worker", error);
        refuse(why, String.valueOf(cause.getMessage()));
    }

    private void refuse(Why why, String detail) {
        finish(() -> customer.refused(why, detail));
        stopWaiting();
    }

    private void stopWaiting() {
        Wait waiting = wait;
        if (waiting != null) waiting.gone();
    }

    /** The queue knows nothing of it since that time, though it waits. */
    void enterAgain(long since) {
        Wait waiting = wait;
        if (waiting != null && !waiting.hasEnded() && waitsSince - since < 0) enter(number);
    }

    /** The queue has given it this worker; whether it takes it. */
    boolean offer(Match match) {
        Wait waiting = wait;
        if (waiting == null || match.token() <= given) return false;
        waiting.offer(match);
        return given == match.token();
    }

    /** Whether it has heard of that pair, or a newer one. */
    boolean knows(Match match) {
        return given >= match.token();
    }

    /** Nobody wants it any more. */
    void gone() {
        Attempt going = attempt;
        finish(() -> {});
        stopWaiting();
        if (going != null) going.cancel();
    }

    /** Nothing more comes of the body, though it should; somebody else tells the client. */
    void broken() {
        gone();
    }

    @Override
    public boolean end(Outcome<Match> outcome) {
        Match match = outcome.state();
        if (match != null) {
            give(match);
            return true;
        }
        if (outcome.ending() != Ending.REFUSED) hub.withdraw(this);
        switch (outcome.ending()) {
            case TIMED_OUT -> refuse(Why.NOBODY, "no worker has taken it in time");
            case REFUSED -> refuse(Why.FULL, "this member holds as many requests as it may, or is going down");
            case DRAINED -> refuse(Why.FULL, "this member is going down");
            default -> {
                // Whoever ended it knows.
            }
        }
        return !over.get();
    }

    private void give(Match match) {
        given = match.token();
        number = match.request().number();
        Attempt going = new Attempt();
        attempt = going;
        customer.given(attempts.incrementAndGet()).whenComplete((wanted, error) -> {
            if (error == null && wanted && !over.get()) give(match, going);
            else {
                finish(() -> {});
                hub.giveBack(queue(), match);
            }
        });
    }

    private void give(Match match, Attempt going) {
        hub.give(match, order, going).whenComplete((taken, error) -> {
            if (error != null) going.failed(Caller.Failure.DIED, "the member that its worker was attached to is gone");
            else if (!taken) going.declined();
        });
        if (over.get()) going.cancel();
    }

    /** The one door to every ending; false if it has ended before. */
    private boolean finish(Runnable ending) {
        if (!over.compareAndSet(false, true)) return false;
        hub.over(this);
        try {
            ending.run();
        } finally {
            if (body != null) body.close();
        }
        return true;
    }

    /** It is given to one worker. */
    private final class Attempt implements Asking {
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable Performer performer;
        private volatile @Nullable BodySource source;
        private volatile long since;
        private volatile boolean begun;

        @Override
        public void by(Performer performing) {
            performer = performing;
            since = now();
            hub.observer().waited(queue(), since - waitsSince);
            if (body != null) source = body.open(new Forwarding(performing, ended));
            if (over.get()) ended.set(true);
            // Whoever has ended it meanwhile may have found nobody to be told.
            if (ended.get()) performing.cancel();
        }

        void cancel() {
            if (!ended.compareAndSet(false, true)) return;
            Performer performing = performer;
            if (performing != null) performing.cancel();
        }

        @Override
        public void want(long bytes) {
            BodySource from = source;
            if (from != null && !ended.get()) from.request(bytes);
        }

        @Override
        public void progress(byte[] state) {
            if (!ended.get()) customer.progress(state);
        }

        @Override
        public void head(int status, Headers headers, long length) {
            if (ended.get()) return;
            begun = true;
            customer.head(status, headers, length, this::taken);
        }

        private void taken(int bytes) {
            Performer performing = performer;
            if (performing != null && !ended.get()) performing.taken(bytes);
        }

        @Override
        public void piece(byte[] bytes) {
            if (!ended.get()) customer.piece(bytes);
        }

        @Override
        public void end() {
            if (!ended.compareAndSet(false, true)) return;
            ran();
            boolean awaited = finish(() -> customer.end().whenComplete((kept, error) -> settle(error == null)));
            if (!awaited) settle(false);
        }

        private void ran() {
            hub.observer().ran(queue(), now() - since);
        }

        private void settle(boolean kept) {
            Performer performing = performer;
            if (performing == null) return;
            if (kept) performing.kept();
            else performing.cancel();
        }

        /** The worker was not there. */
        void declined() {
            if (!ended.compareAndSet(false, true)) return;
            attempts.decrementAndGet();
            if (isRepeatable()) again();
            else
                finish(() -> customer.refused(
                        Why.UNAVAILABLE, "its worker did not begin, and the body is too long to be given to another"));
        }

        private boolean isRepeatable() {
            return body == null || body.isRepeatable();
        }

        private void again() {
            if (over.get()) return;
            attempt = null;
            customer.queued();
            start();
        }

        @Override
        public void failed(Failure why, String detail) {
            if (why == Failure.DECLINED) {
                declined();
                return;
            }
            if (!ended.compareAndSet(false, true)) return;
            ran();
            if (begun) finish(customer::cut);
            else if (why == Failure.DIED && isRepeatable() && attempts.get() < most) again();
            else
                finish(() -> customer.refused(
                        switch (why) {
                            case SILENT -> Why.SILENT;
                            case MALFORMED -> Why.MALFORMED;
                            default -> Why.DIED;
                        },
                        detail));
        }
    }

    /** Gives the body to a worker. */
    private record Forwarding(Performer to, AtomicBoolean ended) implements BodySink {

        @Override
        public void piece(ByteBuffer bytes) {
            if (!ended.get()) to.piece(BodySink.bytes(bytes));
        }

        @Override
        public void end() {
            if (!ended.get()) to.end();
        }

        @Override
        public void fail(Exception why) {
            to.cancel();
        }
    }
}
