// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.holdfast.concurrent.ClosingReference;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What this member asks of the entries of one map. For each key at most one command is on its way from this member; whoever comes
 * meanwhile goes with the next. A command has a number, so that it can be sent again until its outcome is known: the store that
 * makes it must see to it that it is applied once. Each request has its own time: one whose patience is at its end leaves the batch,
 * which goes on for the others. Nothing here blocks.
 *
 * @param <R> a request; many go with one command
 * @param <C> the command
 * @param <V> the values of the map
 * @param <A> the answer of a command
 */
public final class Batches<R extends Batches.Request, C extends EntryProcessor<String, V, A>, V, A> {
    private static final Logger LOG = System.getLogger(Batches.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20), LONGEST_PAUSE = Duration.ofMillis(500);
    /** A batch without an answer for so long is sent once more beside the first: its backup may have died, or its answer be lost. */
    private static final Duration OVERDUE = Duration.ofMillis(500);

    /** Those whose patience ends at nearly the same time leave a batch together. */
    private static final Duration STEP = Duration.ofMillis(20);

    /** Somebody who wants something of an entry. */
    public interface Request {
        /** Since when, as a reading of the ticker. */
        long since();
    }

    /**
     * The store, as its batches see it. Its methods are called on any thread and must not throw; {@code board} and {@code command}
     * for one key are never called at the same time.
     */
    public interface Store<R, C, A> {
        /** Takes those who go next out of the list of those who wait, at least one: all, unless the store knows better. Must be pure. */
        default List<R> board(List<R> waiting) {
            List<R> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        }

        /** The command that serves them. */
        C command(String key, long number, List<R> aboard);

        /** Learns from the answer what the next command of this key must know, before that is made. Must be quick. */
        default void learn(String key, C command, A answer) {}

        /** Tells each what became of its request; some may have left. The next batch may be on its way already. */
        void deliver(String key, C command, A answer, List<R> aboard);

        /** Tells each that has not been told yet that there is no answer; if it was sent at all, nobody knows what became of it. */
        void refuse(List<R> aboard, boolean sent, String why);
    }

    private final IMap<String, V> map;
    private final Store<R, C, A> store;
    private final MemberTrust trust;
    private final Duration patience;
    private final Clocks clocks;
    private final Executor executor;
    private final AtomicLong numbers = new AtomicLong();

    /** Who waits for the next batch of a key; a key is here while a batch of it is on its way. */
    private final ConcurrentHashMap<String, List<R>> queues = new ConcurrentHashMap<>();

    /** Those that are on their way. */
    private final Set<Batch> underway = ConcurrentHashMap.newKeySet();

    /** Batches for a map of this cluster; a request whose outcome is not known within the patience is refused. */
    public Batches(
            Cluster cluster, String map, Duration patience, Clocks clocks, Executor executor, Store<R, C, A> store) {
        this(cluster.map(map), cluster.trust(), patience, clocks, executor, store);
        cluster.onLeft(this::end);
    }

    Batches(
            IMap<String, V> map,
            MemberTrust trust,
            Duration patience,
            Clocks clocks,
            Executor executor,
            Store<R, C, A> store) {
        this.map = map;
        this.trust = trust;
        this.patience = patience;
        this.clocks = clocks;
        this.executor = executor;
        this.store = store;
    }

    /** Has the request go with the next command of that key. */
    public void join(String key, R request) {
        boolean[] first = new boolean[1];
        queues.compute(key, (k, queue) -> {
            first[0] = queue == null;
            List<R> waiting = queue == null ? new ArrayList<>() : queue;
            waiting.add(request);
            return waiting;
        });
        if (first[0]) sendNext(key);
    }

    /** The member has left: what has not been answered will not be. */
    void end() {
        underway.forEach(batch -> batch.giveUp("this member is leaving the cluster"));
    }

    /** Sends who goes next, or refuses them in doubt, and those behind them; or, when nobody waits, closes the queue. */
    private void sendNext(String key) {
        List<R> late = new ArrayList<>();
        for (List<R> aboard = next(key, late); !aboard.isEmpty(); aboard = next(key, late)) {
            Optional<String> doubt = trust.doubt();
            if (doubt.isEmpty()) {
                new Batch(key, aboard).start();
                break;
            }
            store.refuse(aboard, false, doubt.get());
        }
        if (!late.isEmpty()) store.refuse(late, false, noAnswer());
    }

    /** Whose patience is over is not sent any more. */
    private List<R> next(String key, List<R> late) {
        long now = clocks.ticker().nanos();
        List<R> aboard = new ArrayList<>();
        queues.compute(key, (k, queue) -> {
            if (queue == null) return null;
            queue.removeIf(request -> isLate(request, now) && late.add(request));
            if (queue.isEmpty()) return null;
            aboard.addAll(store.board(queue));
            return queue;
        });
        return aboard;
    }

    private boolean isLate(R request, long now) {
        return now - request.since() >= patience.toNanos();
    }

    private String noAnswer() {
        return "the cluster has not answered within " + patience.toSeconds() + " s";
    }

    /** One command on its way, with everybody it serves. */
    private final class Batch {
        private final String key;
        private final List<R> aboard;
        private volatile List<R> waiting; // without those who have left; changed by the watch alone
        private final C command;

        /** The one door of the batch, which it lands, is refused or is given up by; it refers to the timer of {@link #watch()}. */
        private final ClosingReference<Scheduled> door = new ClosingReference<>(Scheduled::cancel);

        private final AtomicInteger attempts = new AtomicInteger();
        private volatile int failed; // the newest attempt that did
        private volatile Duration pause = FIRST_PAUSE; // changed when the newest attempt fails
        private volatile long sentAt; // the newest attempt

        Batch(String key, List<R> aboard) {
            this.key = key;
            this.aboard = aboard;
            this.waiting = aboard;
            this.command = store.command(key, numbers.incrementAndGet(), aboard);
        }

        void start() {
            underway.add(this);
            watch();
            send();
        }

        /** Looks again when an answer is overdue, or somebody's patience at its end. */
        private void watch() {
            long now = clocks.ticker().nanos();
            long next = OVERDUE.toNanos();
            for (R request : waiting) next = Math.min(next, patience.toNanos() - (now - request.since()));
            door.set(clocks.timer()
                    .after(Duration.ofNanos(Math.max(STEP.toNanos(), next)), () -> executor.execute(this::overdue)));
        }

        private void overdue() {
            if (door.isClosed()) return;
            long now = clocks.ticker().nanos();
            List<R> late =
                    waiting.stream().filter(request -> isLate(request, now)).toList();
            if (late.size() == waiting.size()) {
                giveUp(noAnswer());
                return;
            }
            if (!late.isEmpty()) {
                waiting = waiting.stream()
                        .filter(request -> !isLate(request, now))
                        .toList();
                store.refuse(late, true, noAnswer());
            }
            // In doubt, or after a failure, the next attempt is arranged already or would be refused.
            boolean unanswered = attempts.get() > failed
                    && now - sentAt >= OVERDUE.minus(STEP).toNanos();
            if (unanswered && trust.doubt().isEmpty()) send();
            watch();
        }

        private void send() {
            if (door.isClosed()) return;
            Optional<String> doubt = trust.doubt();
            if (doubt.isEmpty()) {
                sentAt = clocks.ticker().nanos();
                int attempt = attempts.incrementAndGet();
                if (door.isClosed()) return; // given up in between, perhaps as not sent
                submit().whenCompleteAsync((answer, error) -> landed(attempt, answer, error), executor);
            } else if (attempts.get() == 0) {
                giveUp(doubt.get());
            } else {
                again();
            }
        }

        private CompletionStage<A> submit() {
            try {
                return map.submitToKey(key, command);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void landed(int attempt, @Nullable A answer, @Nullable Throwable error) {
            if (door.isClosed()) return;
            if (answer == null || trust.doubtOfAnswers().isPresent()) {
                if (attempt != attempts.get()) return; // a newer one is on its way
                failed = attempt;
                LOG.log(Level.DEBUG, () -> "Batch is sent again key=" + key + " cause=" + error);
                again();
            } else {
                settle(() -> store.learn(key, command, answer), () -> store.deliver(key, command, answer, aboard));
            }
        }

        private void again() {
            Duration wait = pause;
            pause = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
            clocks.timer().after(wait, () -> executor.execute(this::send));
        }

        void giveUp(String why) {
            settle(() -> {}, () -> store.refuse(waiting, attempts.get() > 0, why));
        }

        /** Ends the batch, once: the answer is learnt before the next command is made. */
        private void settle(Runnable learning, Runnable ending) {
            // Race: an answer against the patience of the batch; the first to close the door decides.
            if (!door.close()) return;
            underway.remove(this);
            try {
                learning.run();
            } finally {
                sendNext(key);
                ending.run();
            }
        }
    }
}
