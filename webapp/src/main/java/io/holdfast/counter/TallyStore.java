// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.Applied;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.counter.CounterRefusal.Why;
import io.holdfast.time.Clocks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** The counters in the map of the cluster; no other class holds it. Reads and increments of a counter travel in the same batches. */
final class TallyStore {
    private static final Logger LOG = System.getLogger(TallyStore.class.getName());

    private final Records<Tally> tallies;
    private final Batches<Request, TallyCommand, Tally, Added> batches;
    private final Limit limit;
    private final Clocks clocks;
    private final BiConsumer<String, Reading> committed;

    private final FreshOrigin fresh;

    /** By counter, what this member has added and shown: that was acknowledged, so it must never be missing again. */
    private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();

    /** A store that reports what follows from increments and removals of this member, once it is on the backups. */
    TallyStore(
            Cluster cluster,
            CounterOptions options,
            Clocks clocks,
            Executor executor,
            BiConsumer<String, Reading> committed) {
        this.tallies = new Records<>(cluster, CounterWire.MAP);
        this.limit = new Limit(CounterWire.MAP, options.limit(), Limit.ANY);
        this.batches = new Batches<>(cluster, CounterWire.MAP, options.patience(), clocks, executor, new Tallies());
        this.clocks = clocks;
        this.fresh = new FreshOrigin(clocks.cluster().millis());
        this.committed = committed;
    }

    /** The value, read after this call and as the backups have it. */
    CompletionStage<Reading> read(String name) {
        return join(name, Kind.READ, 0);
    }

    /** Adds one. The stage has the value after this very increment. */
    CompletionStage<Reading> add(String name) {
        return join(name, Kind.ADD, 0);
    }

    /** Removes the counter if it was last changed before that time. The stage has the counter afterwards. */
    CompletionStage<Reading> remove(String name, long idle) {
        return join(name, Kind.REMOVE, idle);
    }

    private CompletionStage<Reading> join(String name, Kind kind, long idle) {
        Request request = new Request(kind, idle, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(name, request);
        return request.result;
    }

    /** The values as their primaries have them. */
    CompletionStage<Map<String, Reading>> preview(Set<String> names) {
        return tallies.preview(names, new Tally.Value());
    }

    /** A page of all counters. Blocks. */
    List<CounterPage.Row> page(CounterPage.Wanted wanted) {
        return tallies.aggregate(new CounterPage(wanted, List.of()));
    }

    /** The counters whose primary is here and that were last changed before that time. Blocks. */
    Set<String> idle(long before) {
        return tallies.ownKeys(new Tally.Idle(before));
    }

    /** Whether there may be removed counters whose primary is here. */
    boolean hasRemoved() {
        return tallies.hasVacant() || hasMoved();
    }

    /** Whether the removed counters must be counted again, because members or partitions have moved. */
    boolean hasMoved() {
        return tallies.isUnweighed();
    }

    /**
     * Forgets the removed counters whose primary is here, when no member brings them back any more: after some minutes, or soon if they
     * are too many. Blocks.
     */
    void forgetRemoved() {
        long now = clocks.cluster().millis();
        Set<String> all = tallies.ownKeys(new Tally.Removed(Long.MAX_VALUE));
        long keep = all.size() > limit.names() ? Applied.USUAL_REPEATS_MILLIS : Applied.REPEATS_MILLIS;
        Tally.Removed due = new Tally.Removed(now - keep);
        // Before entries go, they stop counting as vacant: otherwise each would leave room for a name too many.
        tallies.vacate(() -> all.size() - tallies.ownKeys(due).size());
        tallies.remove(due);
        tallies.vacate(() -> tallies.ownKeys(new Tally.Removed(Long.MAX_VALUE)).size());
    }

    /** Learns what counters were removed, in case the signal was lost, and forgets those that the cluster has forgotten. Blocks. */
    void learnRemoved() {
        if (known.isEmpty()) return;
        long before = clocks.cluster().millis() - Applied.REPEATS_MILLIS;
        Map<String, Tally> removed = tallies.all(new Tally.Removed(Long.MAX_VALUE));
        removed.forEach((name, tally) ->
                known.computeIfPresent(name, (key, mine) -> mine.withShown(new Reading(0, tally.life()))));
        known.forEach((name, mine) -> {
            if (mine.isOverSince(before) && !removed.containsKey(name)) known.remove(name, mine);
        });
    }

    /** Another member has shown a value. It is on the backups, so nothing smaller of that life may be shown here later. */
    void onShown(String name, Reading reading) {
        known.compute(name, (key, before) -> (before == null ? Known.NOTHING : before).withShown(reading));
    }

    /** Whether that life of the counter is over, as far as is known here. */
    boolean isOver(String name, Life life) {
        return life.isOver() || known.getOrDefault(name, Known.NOTHING).life().ended(life.born());
    }

    private enum Kind {
        READ,
        ADD,
        REMOVE
    }

    /** A request to a counter. */
    private record Request(Kind kind, long idle, long since, CompletableFuture<Reading> result)
            implements Batches.Request {

        boolean adds() {
            return kind == Kind.ADD;
        }

        boolean changes() {
            return kind != Kind.READ;
        }

        void refuse(Why why, String message) {
            result.completeExceptionally(new CounterRefusal(why, message));
        }
    }

    private final class Tallies implements Batches.Store<Request, TallyCommand, Added> {

        /** All up to a removal, or a removal alone: what came before it has its outcome in the former life. */
        @Override
        public List<Request> board(List<Request> waiting) {
            int end = 0;
            while (end < waiting.size() && waiting.get(end).kind != Kind.REMOVE) end++;
            List<Request> first = waiting.subList(0, Math.max(1, end));
            List<Request> aboard = List.copyOf(first);
            first.clear();
            return aboard;
        }

        @Override
        public Limit limit() {
            return limit;
        }

        @Override
        public TallyCommand command(String name, long number, List<Request> aboard) {
            long now = clocks.cluster().millis();
            Known before = known.getOrDefault(name, Known.NOTHING).asOf(now, fresh.at(now));
            Request first = aboard.get(0);
            if (first.kind == Kind.REMOVE) return new EndTally(before, number, now, first.idle, true);
            long increments = aboard.stream().filter(Request::adds).count();
            return new AddToTally(before, number, increments, now, true);
        }

        @Override
        public void learn(String name, TallyCommand command, Added added) {
            known.compute(name, (key, before) -> {
                if (before == null && added.value() == 0 && !added.life().isOver()) return null;
                return (before == null ? Known.NOTHING : before)
                        .after(added, command.known().origin(), command.now());
            });
        }

        @Override
        public void deliver(String name, TallyCommand command, Added added, List<Request> aboard) {
            Life life = added.life();
            if (added.applied() > 0 || (command instanceof EndTally && life.isOver()))
                signalOthers(name, new Reading(added.value(), life));
            long value = added.value() - Math.max(0, added.applied());
            int applied = 0;
            for (Request request : aboard) {
                if (!request.adds()) request.result.complete(new Reading(added.value(), life));
                else if (added.applied() == Added.NO_ROOM)
                    request.refuse(Why.TOO_MANY, "there are as many counters as counter.limit allows");
                else if (applied < added.applied()) request.result.complete(new Reading(value + ++applied, life));
                else request.refuse(Why.OVERFLOW, "the counter stands at the greatest value there is");
            }
        }

        /** Sends the signals. They are hints: if that fails, the increments are answered all the same. */
        private void signalOthers(String name, Reading reading) {
            try {
                committed.accept(name, reading);
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "Signals are not sent; the sweeps of the others find the value", e);
            }
        }

        @Override
        public void refuse(List<Request> aboard, boolean sent, String why) {
            for (Request request : aboard)
                request.refuse(sent && request.changes() ? Why.UNKNOWN : Why.UNAVAILABLE, why);
        }
    }
}
