// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Headers;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of this member that was given to a worker which had asked for one. That is handed it, no more; what becomes of it is said in
 * requests of their own, at any member, and counts with the token only. The request is offered to the next worker if this one does not
 * acknowledge it in time, because it has not begun; later, if it does not extend the lease, it has died.
 */
final class Lease implements Asking {
    private static final Set<State> AT_WORK = EnumSet.of(State.OFFERED, State.HELD),
            COMING = EnumSet.of(State.ANSWERING),
            GOING_ON = EnumSet.complementOf(EnumSet.of(State.OVER));
    private static final int ANY = -1;

    private final String name;
    private final long token;
    private final Asking caller;
    private final WorkOptions options;
    private final Timer timer;
    private final Consumer<Lease> whenOver;
    private volatile @Nullable Performer handing, answering;

    private State state = State.OFFERED; // guarded by this, as are the next
    private boolean handed, come;
    private int terms;
    private @Nullable Scheduled ending;

    /** Each follows those before it. */
    private enum State {
        /** Not acknowledged. */
        OFFERED,
        /** Acknowledged. */
        HELD,
        /** Its response comes. */
        ANSWERING,
        OVER
    }

    /**
     * A lease that nobody has acknowledged.
     *
     * @param name {@code {queue}/{id}}
     * @param timer may block, and call anybody
     */
    Lease(String name, long token, Asking caller, WorkOptions options, Timer timer, Consumer<Lease> whenOver) {
        this.name = name;
        this.token = token;
        this.caller = caller;
        this.options = options;
        this.timer = timer;
        this.whenOver = whenOver;
    }

    String name() {
        return name;
    }

    /** Whether the worker was there is known now; whether it was. */
    boolean given(boolean taken) {
        if (!taken) leave(GOING_ON);
        return taken;
    }

    /** Whether the worker was there is not known: true, because the lease says what follows. */
    boolean lost() {
        failed(Failure.DIED, "the member that its worker asked is gone");
        return true;
    }

    /** The one door to every ending: in which state it was, or null if it was in none of these. */
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

    /** It ends after that time, if nothing else happens. */
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
            caller.failed(Failure.SILENT, "nothing more of its response comes");
            cancel(handing);
            cancel(answering);
        } else if (before != null) worthless(before, "its worker did not extend its lease in time");
    }

    private synchronized boolean stillComes(int term) {
        if (!come || term != terms) return false;
        come = false;
        arm(options.silence());
        return true;
    }

    /** Its worker does not answer any more. */
    private void worthless(State before, String why) {
        if (before == State.OFFERED) caller.failed(Failure.DECLINED, "its worker did not acknowledge it");
        else caller.failed(Failure.DIED, why);
    }

    /** Its worker, or another, says something; whether that counts. */
    boolean hear(FollowUp said) {
        if (said.token() != token) return false;
        if (said.kind() == FollowUp.Kind.RELEASE) return isReleased();
        if (!goesOn()) return false;
        if (said.kind() == FollowUp.Kind.PROGRESS) caller.progress(said.state());
        return true;
    }

    private synchronized boolean goesOn() {
        if (state == State.OVER) return false;
        if (state == State.ANSWERING) return true;
        state = State.HELD;
        if (handed) arm(options.lease());
        return true;
    }

    private boolean isReleased() {
        if (leave(AT_WORK) == null) return false;
        caller.failed(Failure.DECLINED, "its worker has released it");
        cancel(handing);
        return true;
    }

    /** Its worker begins its response; null if the token is not that of this lease. */
    @Nullable
    Asking answer(long shown) {
        synchronized (this) {
            if (shown != token || !AT_WORK.contains(state)) return null;
            state = State.ANSWERING;
            arm(options.silence());
        }
        return new Answer();
    }

    private static void cancel(@Nullable Performer performer) {
        if (performer != null) performer.cancel();
    }

    @Override
    public void by(Performer performer) {
        handing = performer;
        caller.by(new Ways(performer));
    }

    @Override
    public void want(long bytes) {
        caller.want(bytes);
    }

    /** From now on, time counts: what its worker did before, it did because somebody else was slow. */
    @Override
    public synchronized void handed() {
        handed = true;
        if (state == State.OFFERED) arm(options.ack());
        else if (state == State.HELD) arm(options.lease());
    }

    /** It could not be handed to the worker. */
    @Override
    public void failed(Failure why, String detail) {
        State before = leave(AT_WORK);
        if (before != null) worthless(before, detail);
    }

    @Override
    public void progress(byte[] state) {
        throw elsewhere();
    }

    @Override
    public void head(int status, Headers headers, long length) {
        throw elsewhere();
    }

    @Override
    public void piece(byte[] bytes) {
        throw elsewhere();
    }

    @Override
    public void end() {
        throw elsewhere();
    }

    private static IllegalStateException elsewhere() {
        return new IllegalStateException("What becomes of a lease is not told by whoever hands it over");
    }

    /** The worker, as the caller sees it: in one place it is handed the request, in another it answers. */
    private final class Ways implements Performer {
        private final Performer to;

        Ways(Performer to) {
            this.to = to;
        }

        @Override
        public void piece(byte[] bytes) {
            to.piece(bytes);
        }

        @Override
        public void end() {
            to.end();
        }

        @Override
        public void taken(int bytes) {
            Performer from = answering;
            if (from != null) from.taken(bytes);
        }

        @Override
        public void kept() {
            Performer from = answering;
            if (from != null) from.kept();
        }

        @Override
        public void cancel() {
            leave(GOING_ON);
            to.cancel();
            Lease.cancel(answering);
        }
    }

    /** The caller, as the response sees it. */
    private final class Answer implements Asking {

        private boolean isAwaited() {
            synchronized (Lease.this) {
                come = true;
                return state == State.ANSWERING;
            }
        }

        private boolean leave() {
            return Lease.this.leave(COMING) != null;
        }

        @Override
        public void by(Performer performer) {
            answering = performer;
            if (!isAwaited()) performer.cancel();
        }

        @Override
        public void want(long bytes) {
            throw elsewhere();
        }

        @Override
        public void progress(byte[] state) {
            throw elsewhere();
        }

        @Override
        public void head(int status, Headers headers, long length) {
            if (isAwaited()) caller.head(status, headers, length);
        }

        @Override
        public void piece(byte[] bytes) {
            if (isAwaited()) caller.piece(bytes);
        }

        @Override
        public void end() {
            if (!leave()) return;
            caller.end();
            cancel(handing);
        }

        @Override
        public void failed(Failure why, String detail) {
            if (!leave()) return;
            caller.failed(why, detail);
            cancel(handing);
        }
    }
}
