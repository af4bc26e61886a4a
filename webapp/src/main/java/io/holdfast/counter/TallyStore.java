// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.map.IMap;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Standing;
import io.holdfast.counter.CounterRefusal.Why;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters in the cluster's map; the only class that holds it.
 *
 * <p>For each counter at most one batch is on its way from this member; whoever comes meanwhile, to read or to add, goes with the
 * next. A batch has a number, so that it can be sent again until its outcome is known. Nothing here blocks.
 */
final class TallyStore {
    private static final Logger LOG = System.getLogger(TallyStore.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20), LONGEST_PAUSE = Duration.ofMillis(500);
    /** A batch without an answer for so long is sent once more beside the first: its backup may have died, or its answer be lost. */
    private static final Duration OVERDUE = Duration.ofMillis(500);

    private final IMap<String, Tally> map;
    private final Standing standing;
    private final CounterOptions options;
    private final Clocks clocks;
    private final Executor executor;
    private final ObjLongConsumer<String> committed;

    private final UUID origin = UUID.randomUUID();
    private final AtomicLong batches = new AtomicLong();

    /** What this member has added and shown, by counter: it was acknowledged, so it must never be missing again. */
    private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();

    private volatile boolean roomForMore = true;

    /** Who waits for the next batch of a counter; a counter is here while a batch of it is on its way. */
    private final ConcurrentHashMap<String, List<Request>> queues = new ConcurrentHashMap<>();

    /** A store that reports each value that increments from this member have led to, once it is on the backups. */
    TallyStore(
            Cluster cluster,
            CounterOptions options,
            Clocks clocks,
            Executor executor,
            ObjLongConsumer<String> committed) {
        this.map = cluster.map(CounterWire.MAP);
        this.standing = cluster.standing();
        this.options = options;
        this.clocks = clocks;
        this.executor = executor;
        this.committed = committed;
    }

    /** The value, read after this call and as the backups have it. */
    CompletionStage<Long> read(String name) {
        return join(name, false);
    }

    /** Adds one; the value that this very increment has led to. */
    CompletionStage<Long> add(String name) {
        return join(name, true);
    }

    /** The values as their primaries have them, for a first look. */
    CompletionStage<Map<String, Long>> peek(Set<String> names) {
        return map.submitToKeys(names, new PeekTally());
    }

    /** Looks whether there may be more counters: whether this member owns more than its share of what is allowed. */
    void takeStock() {
        long share = -Math.floorDiv(-options.limit(), Math.max(1, standing.size()));
        roomForMore = map.getLocalMapStats().getOwnedEntryCount() < share;
    }

    private CompletionStage<Long> join(String name, boolean adds) {
        Request request = new Request(adds, clocks.ticker().nanos());
        boolean[] first = new boolean[1];
        queues.compute(name, (key, queue) -> {
            first[0] = queue == null;
            List<Request> waiting = queue == null ? new ArrayList<>() : queue;
            waiting.add(request);
            return waiting;
        });
        if (first[0]) sendNext(name);
        return request.result;
    }

    /** Takes everybody who waits along; or, when nobody does, closes the queue. */
    private void sendNext(String name) {
        List<Request> aboard = new ArrayList<>();
        queues.compute(name, (key, queue) -> {
            if (queue == null || queue.isEmpty()) return null;
            aboard.addAll(queue);
            queue.clear();
            return queue;
        });
        if (!aboard.isEmpty()) new Batch(name, aboard).start();
    }

    /** Another member has reported a value. What is known to be on backups must not be missing from what is shown later. */
    void heard(String name, long value) {
        known.compute(name, (key, before) -> (before == null ? Known.NOTHING : before).shown(value));
    }

    /** Somebody who reads or adds one. */
    private record Request(boolean adds, long since, CompletableFuture<Long> result) {

        Request(boolean adds, long since) {
            this(adds, since, new CompletableFuture<>());
        }

        void refuse(Why why, String message) {
            result.completeExceptionally(new CounterRefusal(why, message));
        }
    }

    /** One command on its way, with everybody it serves. */
    private final class Batch {
        private final String name;
        private final List<Request> readers = new ArrayList<>(), writers = new ArrayList<>();
        private final AddToTally command;
        private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
        private final long since;
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile int failed; // the newest attempt that did
        private volatile Duration pause = FIRST_PAUSE; // changed when the newest attempt fails
        private volatile @Nullable Scheduled watch;

        Batch(String name, List<Request> aboard) {
            this.name = name;
            this.since = aboard.get(0).since();
            for (Request request : aboard) (request.adds() ? writers : readers).add(request);
            Known before = known.getOrDefault(name, Known.NOTHING);
            this.command = new AddToTally(
                    origin,
                    before.sum(),
                    before.at(),
                    before.shown(),
                    batches.incrementAndGet(),
                    writers.size(),
                    clocks.wall().millis(),
                    roomForMore);
        }

        void start() {
            watch();
            send();
        }

        /** Looks again when an answer is overdue, and gives up when the patience is at its end. */
        private void watch() {
            Duration left = options.patience().minusNanos(clocks.ticker().nanos() - since);
            boolean last = left.compareTo(OVERDUE) <= 0;
            Duration next = last ? (left.isNegative() ? Duration.ZERO : left) : OVERDUE;
            watch = clocks.timer().after(next, () -> executor.execute(last ? this::giveUp : this::overdue));
            if (settled.isDone()) stopWatch(); // the ending found none to stop
        }

        private void overdue() {
            if (settled.isDone()) return;
            // In doubt, or after a failure, the next attempt is arranged already or would be refused.
            if (attempts.get() > failed && standing.doubt().isEmpty()) send();
            watch();
        }

        private void stopWatch() {
            Scheduled scheduled = watch;
            if (scheduled != null) scheduled.cancel();
        }

        private void send() {
            if (settled.isDone()) return;
            Optional<String> doubt = standing.doubt();
            if (doubt.isEmpty()) {
                int attempt = attempts.incrementAndGet();
                submit().whenCompleteAsync((added, error) -> landed(attempt, added, error), executor);
            } else if (attempts.get() == 0) {
                settle(() -> refuse(Why.UNAVAILABLE, doubt.get()));
            } else {
                again();
            }
        }

        private CompletionStage<Added> submit() {
            try {
                return map.submitToKey(name, command);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void landed(int attempt, @Nullable Added added, @Nullable Throwable error) {
            if (settled.isDone()) return;
            if (added == null || standing.doubt().isPresent()) {
                if (attempt != attempts.get()) return; // a newer one is on its way
                failed = attempt;
                LOG.log(Level.DEBUG, () -> "Batch is sent again counter=" + name + " cause=" + error);
                again();
            } else {
                // Before the next batch of this counter is made.
                learn(added);
                settle(() -> deliver(added));
            }
        }

        private void learn(Added added) {
            if (added.value() == 0) return;
            known.compute(name, (key, before) -> (before == null ? Known.NOTHING : before).after(added, command.now()));
        }

        private void again() {
            Duration wait = pause;
            pause = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
            clocks.timer().after(wait, () -> executor.execute(this::send));
        }

        private void giveUp() {
            settle(() -> refuse(
                    Why.UNKNOWN,
                    "the cluster has not answered within " + options.patience().toSeconds() + " s"));
        }

        /** The one door of a batch: it lands, is refused, or is given up. */
        private void settle(Runnable ending) {
            if (!settled.complete(true)) return;
            stopWatch();
            sendNext(name);
            ending.run();
        }

        private void refuse(Why why, String message) {
            writers.forEach(writer -> writer.refuse(why, message));
            readers.forEach(reader -> reader.refuse(Why.UNAVAILABLE, message));
        }

        private void deliver(Added added) {
            if (added.applied() > 0) committed.accept(name, added.value());
            long value = added.value() - Math.max(0, added.applied());
            int applied = 0;
            for (Request writer : writers) {
                if (added.applied() == Added.NO_ROOM)
                    writer.refuse(Why.TOO_MANY, "there are as many counters as counter.limit allows");
                else if (applied < added.applied()) writer.result.complete(value + ++applied);
                else writer.refuse(Why.OVERFLOW, "the counter stands at the greatest value there is");
            }
            readers.forEach(reader -> reader.result.complete(added.value()));
        }
    }
}
