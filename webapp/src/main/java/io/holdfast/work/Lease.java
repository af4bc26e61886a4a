// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of this member that a worker has asked for and got. The worker reports on it, and answers it, in requests of its own, at any
 * member. Reports count only with the token. If the worker does not acknowledge the request in time, it must not begin any more, and the
 * next worker gets the request. Since it may have begun nevertheless, the client is never told that nothing was done. If it acknowledges
 * but later does not extend the lease, it has died.
 */
final class Lease implements Running {
    private static final Set<State> AT_WORK = EnumSet.of(State.OFFERED, State.HELD),
            ANSWERED = EnumSet.of(State.ANSWERING),
            GOING_ON = EnumSet.complementOf(EnumSet.of(State.OVER));
    private static final int ANY = -1;

    private final String name;
    private final String token;
    private final ResponseSink requester;
    private final WorkOptions options;
    private final Timer timer;
    private final Consumer<Lease> whenOver;
    private final ClosingReference<Running> handing = new ClosingReference<>(Running::cancel);
    private final ClosingReference<BodySource> answering = new ClosingReference<>(BodySource::cancel);
    private volatile @Nullable BodySink body; // takes the body of the response

    private State state = State.OFFERED; // guarded by this, as are the next fields
    private boolean handed, progressed;
    private int terms;
    private @Nullable Scheduled ending;

    /** The states, in their order. */
    private enum State {
        /** Not acknowledged. */
        OFFERED,
        /** Acknowledged. */
        HELD,
        /** The worker answers. */
        ANSWERING,
        OVER
    }

    /**
     * A lease that is not acknowledged yet.
     *
     * @param name {@code {queue}/{id}}
     * @param token the token as the worker shows it
     * @param timer runs tasks that may block and may call foreign code
     */
    Lease(
            String name,
            String token,
            ResponseSink requester,
            WorkOptions options,
            Timer timer,
            Consumer<Lease> whenOver) {
        this.name = name;
        this.token = token;
        this.requester = requester;
        this.options = options;
        this.timer = timer;
        this.whenOver = whenOver;
    }

    String name() {
        return name;
    }

    /** Takes the running hand-over of the request to the worker. Its result comes to the {@linkplain Delivery delivery}. */
    void hand(Running running) {
        handing.set(running);
    }

    /** The one door to every ending. Returns the state before, or null if the lease was in none of these states. */
    private @Nullable State leave(Set<State> states) {
        return leave(states, ANY);
    }

    private @Nullable State leave(Set<State> states, int term) {
        State before;
        synchronized (this) {
            if (!states.contains(state) || (term != ANY && term != terms)) return null;
            before = state;
            state = State.OVER;
            stopEnding();
        }
        whenOver.accept(this);
        return before;
    }

    /** Sets the timer that ends the lease. It replaces an earlier timer. */
    private void arm(Duration time) {
        stopEnding();
        int term = terms;
        ending = timer.after(time, () -> expired(term));
    }

    private void stopEnding() {
        if (ending != null) ending.cancel();
        ending = null;
        terms++;
    }

    private void expired(int term) {
        if (stillComes(term)) return;
        State before = leave(GOING_ON, term);
        if (before == State.ANSWERING) {
            fail(new Failure(Kind.SILENT, "nothing more of its response comes"));
            handing.close();
            answering.close();
        } else if (before != null)
            giveUp(before, new Failure(Kind.DIED, "its worker did not extend its lease in time"));
    }

    private synchronized boolean stillComes(int term) {
        if (!progressed || term != terms) return false;
        progressed = false;
        arm(options.silence());
        return true;
    }

    private void giveUp(State before, Failure why) {
        if (before != State.OFFERED) fail(why.kind() == Kind.DECLINED ? new Failure(Kind.DIED, why.detail()) : why);
        else if (why.kind() == Kind.DECLINED) fail(why);
        else fail(new Failure(Kind.DECLINED, "its worker did not acknowledge it").afterBegin());
    }

    private void fail(Failure why) {
        BodySink to = body;
        if (to != null) to.fail(why);
        else requester.fail(why);
    }

    /** Takes a report of the worker; false if it does not count, because the worker does not have the lease. */
    boolean follow(FollowUp said) {
        if (!isMine(said.token())) return false;
        if (said.kind() == FollowUp.Kind.RELEASE) return isReleased();
        if (!goesOn()) return false;
        if (said.kind() == FollowUp.Kind.PROGRESS) requester.progress(said.state());
        return true;
    }

    /** Compares in constant time, since the token is a secret. */
    private boolean isMine(String shown) {
        return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private synchronized boolean goesOn() {
        if (state == State.OVER) return false;
        if (state == State.ANSWERING) return true;
        state = State.HELD;
        if (handed) arm(options.lease());
        return true;
    }

    private boolean isReleased() {
        State before = leave(AT_WORK);
        if (before == null) return false;
        Failure why = new Failure(Kind.DECLINED, "its worker has released it");
        fail(before == State.HELD ? why.afterBegin() : why);
        handing.close();
        return true;
    }

    /** Begins the response of the worker; null if the worker does not have the lease. */
    @Nullable
    ResponseSink answer(String shown) {
        synchronized (this) {
            if (!isMine(shown) || !AT_WORK.contains(state)) return null;
            state = State.ANSWERING;
            arm(options.silence());
        }
        return new Answer();
    }

    /** Ends the lease, because the requester does not want the response any more. */
    @Override
    public void cancel() {
        leave(GOING_ON);
        handing.close();
        answering.close();
    }

    /** The sink for the result of the hand-over to the worker. */
    ResponseSink delivery() {
        return new Delivery();
    }

    /** The result of the hand-over. It ends when the worker has all of the request. */
    private final class Delivery implements ResponseSink, BodySink {

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            return this;
        }

        @Override
        public void piece(ByteBuffer bytes) {
            // A delivery has no body.
        }

        /** The worker has all of the request, so its time begins now. Before, a slow client may have kept it waiting. */
        @Override
        public void end() {
            synchronized (Lease.this) {
                handed = true;
                if (state == State.OFFERED) arm(options.ack());
                else if (state == State.HELD) arm(options.lease());
            }
        }

        @Override
        public void fail(Exception why) {
            fail(why instanceof Failure failure ? failure : new Failure(Kind.DIED, String.valueOf(why.getMessage())));
        }

        @Override
        public void fail(Failure why) {
            State before = leave(AT_WORK);
            if (before != null) giveUp(before, why);
        }
    }

    /** The response of the worker. */
    private final class Answer implements ResponseSink {

        private boolean isAwaited() {
            synchronized (Lease.this) {
                progressed = true;
                return state == State.ANSWERING;
            }
        }

        private boolean close() {
            return leave(ANSWERED) != null;
        }

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            if (!answering.set(source)) return BodySink.DISCARD;
            if (!isAwaited()) {
                answering.close();
                return BodySink.DISCARD;
            }
            BodySink to = requester.head(head, source);
            body = to;
            return new BodySink() {
                @Override
                public void piece(ByteBuffer bytes) {
                    if (isAwaited()) to.piece(bytes);
                }

                @Override
                public void end() {
                    if (!close()) return;
                    to.end();
                    handing.close();
                }

                @Override
                public void fail(Exception why) {
                    if (!close()) return;
                    to.fail(why);
                    handing.close();
                }
            };
        }

        @Override
        public void fail(Failure why) {
            if (!close()) return;
            requester.fail(why);
            handing.close();
        }
    }
}
