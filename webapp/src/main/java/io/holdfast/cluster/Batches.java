// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.holdfast.cluster.limit.Limit;
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
 * The requests of this member to the entries of one map. For each key, at most one command is on its way from this member; requests
 * that come in the meantime go together with the next one. A command has a number, and is sent again until its outcome is known; the
 * store that makes the command ensures that it is applied once. Each request has its own deadline: one that reaches it leaves the
 * batch, which goes on for the others. Nothing here blocks.
 *
 * @param <R> the requests; many go with one command
 * @param <C> the command
 * @param <V> the values of the map
 * @param <A> the answer of a command
 */
public final class Batches<R extends Batches.Request, C extends EntryProcessor<String, V, A>, V, A> {
    private static final Logger LOG = System.getLogger(Batches.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20), LONGEST_PAUSE = Duration.ofMillis(500);
    /** A batch without an answer for so long is sent once more: its backup may have died, or its answer may be lost. */
    private static final Duration OVERDUE = Duration.ofMillis(500);

    /** A batch waits for so long while the member makes sure of the others, before it is refused. */
    private static final Duration MAKING_SURE = Duration.ofSeconds(1);

    /** Requests whose deadlines are closer than this leave a batch together. */
    private static final Duration STEP = Duration.ofMillis(20);

    /** A request to an entry. */
    public interface Request {
        /** When it was made, as a reading of the ticker. */
        long since();
    }

    /**
     * The store, as its batches see it. Its methods are called on any thread and must not throw; {@code board} and {@code command}
     * for one key are never called at the same time.
     */
    public interface Store<R, C, A> {
        /** Takes the requests for the next command out of the list, at least one; by default all. Must be pure. */
        default List<R> board(List<R> waiting) {
            List<R> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        }

        /** The limit that all commands are under. */
        default Limit limit() {
            return new Limit("", Limit.ANY, Limit.ANY);
        }

        /** The command that serves these requests. */
        C command(String key, long number, List<R> aboard);

        /** Stores what the next command of this key must know from this answer, before that command is made. Must be quick. */
        default void learn(String key, C command, A answer) {}

        /** Answers the requests; some may have left already. The next batch may be on its way. */
        void deliver(String key, C command, A answer, List<R> aboard);

        /** Refuses the requests that have no answer yet. If the command was sent at all, its outcome is unknown. */
        void refuse(List<R> aboard, boolean sent, String why);
    }

    private final IMap<String, V> map;
    private final Store<R, C, A> store;
    private final MemberTrust trust;
    private final Duration patience;
    private final Clocks clocks;
    private final Executor executor;
    private final AtomicLong numbers = new AtomicLong();

    /** By key, the requests that wait for the next batch. A key is present while a batch of it is on its way. */
    private final ConcurrentHashMap<String, List<R>> queues = new ConcurrentHashMap<>();

    /** The batches that are on their way. */
    private final Set<Batch> underway = ConcurrentHashMap.newKeySet();

    /** Batches for a map of this cluster. A request whose outcome is not known within the patience is refused. */
    public Batches(
            Cluster cluster, String map, Duration patience, Clocks clocks, Executor executor, Store<R, C, A> store) {
        this(cluster.map(map), cluster.trust(), patience, clocks, executor, store);
        cluster.onLeft(this::end);
        if (!store.limit().map().isEmpty()) cluster.ledgers().limit(store.limit());
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

    /** Lets the request go with the next command of that key. */
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

    /** Gives up all batches, because the member has left. */
    void end() {
        underway.forEach(batch -> batch.giveUp("this member is leaving the cluster"));
    }

    /** Sends the next batch. In doubt, refuses all requests instead. If none waits, removes the key. */
    private void sendNext(String key) {
        List<R> late = new ArrayList<>();
        for (List<R> aboard = next(key, late); !aboard.isEmpty(); aboard = next(key, late)) {
            Optional<String> doubt = trust.doubt();
            if (doubt.isEmpty() || trust.makesSure()) {
                new Batch(key, aboard).start();
                break;
            }
            store.refuse(aboard, false, doubt.get());
        }
        if (!late.isEmpty()) store.refuse(late, false, noAnswer());
    }

    /** The requests for the next command; those past their deadline are moved to the other list. */
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

    /** A command on its way, with the requests that it serves. */
    private final class Batch {
        private final String key;
        private final List<R> aboard;
        private volatile List<R> waiting; // without those that have left; changed by the watch alone
        private final C command;
        private final long begunAt;

        /** Closed by the one ending of the batch: answered, refused or given up. It refers to the timer of {@link #watch()}. */
        private final ClosingReference<Scheduled> door = new ClosingReference<>(Scheduled::cancel);

        private final AtomicInteger attempts = new AtomicInteger();
        private volatile int failed; // the newest attempt that failed
        private volatile Duration pause = FIRST_PAUSE; // changed when the newest attempt fails
        private volatile long sentAt; // when the newest attempt was sent

        Batch(String key, List<R> aboard) {
            this.key = key;
            this.aboard = aboard;
            this.waiting = aboard;
            this.begunAt = clocks.ticker().nanos();
            this.command = store.command(key, numbers.incrementAndGet(), aboard);
        }

        void start() {
            underway.add(this);
            watch();
            send();
        }

        /** Starts the timer for the time when the answer is overdue or a request reaches its deadline. */
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
            // In doubt, the next attempt would be refused; after a failure, it is scheduled already.
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
                if (door.isClosed())
                    return; // Race: giveUp() against this attempt; if the batch was reported as not sent, it is not.
                submit().whenCompleteAsync((answer, error) -> onAnswer(attempt, answer, error), executor);
            } else if (attempts.get() == 0 && !mayWait()) {
                giveUp(doubt.get());
            } else {
                retry();
            }
        }

        private boolean mayWait() {
            return trust.makesSure() && clocks.ticker().nanos() - begunAt < MAKING_SURE.toNanos();
        }

        private CompletionStage<A> submit() {
            try {
                return map.submitToKey(key, store.limit().over(command));
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void onAnswer(int attempt, @Nullable A answer, @Nullable Throwable error) {
            if (door.isClosed()) return;
            if (answer == null || trust.doubtOfAnswers().isPresent()) {
                if (attempt != attempts.get()) return; // a newer attempt is on its way
                failed = attempt;
                LOG.log(Level.DEBUG, () -> "Batch is sent again key=" + key + " cause=" + error);
                retry();
            } else {
                settle(() -> store.learn(key, command, answer), () -> store.deliver(key, command, answer, aboard));
            }
        }

        private void retry() {
            Duration wait = pause;
            pause = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
            clocks.timer().after(wait, () -> executor.execute(this::send));
        }

        void giveUp(String why) {
            settle(() -> {}, () -> store.refuse(waiting, attempts.get() > 0, why));
        }

        /** Ends the batch once. The answer is learnt before the next command is made. */
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
