// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

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
import java.util.function.ObjLongConsumer;

/** The counters in the map of the cluster; no other class holds it. Reads and increments of a counter travel in the same batches. */
final class TallyStore {
    private static final Logger LOG = System.getLogger(TallyStore.class.getName());

    private final Records<Tally> tallies;
    private final Batches<Request, AddToTally, Tally, Added> batches;
    private final Limit limit;
    private final Clocks clocks;
    private final ObjLongConsumer<String> committed;

    private final FreshOrigin fresh;

    /** By counter, what this member has added and shown: that was acknowledged, so it must never be missing again. */
    private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();

    /** A store that reports each value that follows from increments of this member, once it is on the backups. */
    TallyStore(
            Cluster cluster,
            CounterOptions options,
            Clocks clocks,
            Executor executor,
            ObjLongConsumer<String> committed) {
        this.tallies = new Records<>(cluster, CounterWire.MAP);
        this.limit = new Limit(CounterWire.MAP, options.limit(), Limit.ANY);
        this.batches = new Batches<>(cluster, CounterWire.MAP, options.patience(), clocks, executor, new Tallies());
        this.clocks = clocks;
        this.fresh = new FreshOrigin(clocks.cluster().millis());
        this.committed = committed;
    }

    /** The value, read after this call and as the backups have it. */
    CompletionStage<Long> read(String name) {
        return join(name, false);
    }

    /** Adds one. The stage has the value after this very increment. */
    CompletionStage<Long> add(String name) {
        return join(name, true);
    }

    private CompletionStage<Long> join(String name, boolean adds) {
        Request request = new Request(adds, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(name, request);
        return request.result;
    }

    /** The values as their primaries have them. */
    CompletionStage<Map<String, Long>> preview(Set<String> names) {
        return tallies.preview(names, new Tally.Value());
    }

    /** Another member has shown a value. It is on the backups, so nothing smaller may be shown here later. */
    void onShown(String name, long value) {
        known.compute(name, (key, before) -> (before == null ? Known.NOTHING : before).withShown(value));
    }

    /** A read or an increment. */
    private record Request(boolean adds, long since, CompletableFuture<Long> result) implements Batches.Request {

        void refuse(Why why, String message) {
            result.completeExceptionally(new CounterRefusal(why, message));
        }
    }

    private final class Tallies implements Batches.Store<Request, AddToTally, Added> {

        @Override
        public Limit limit() {
            return limit;
        }

        @Override
        public AddToTally command(String name, long number, List<Request> aboard) {
            long now = clocks.cluster().millis();
            Known before = known.getOrDefault(name, Known.NOTHING).asOf(now, fresh.at(now));
            long increments = aboard.stream().filter(Request::adds).count();
            return new AddToTally(before, number, increments, now, true);
        }

        @Override
        public void learn(String name, AddToTally command, Added added) {
            if (added.value() == 0) return;
            known.compute(name, (key, before) -> (before == null ? Known.NOTHING : before)
                    .after(added, command.known().origin(), command.now()));
        }

        @Override
        public void deliver(String name, AddToTally command, Added added, List<Request> aboard) {
            if (added.applied() > 0) signalOthers(name, added.value());
            long value = added.value() - Math.max(0, added.applied());
            int applied = 0;
            for (Request request : aboard) {
                if (!request.adds()) request.result.complete(added.value());
                else if (added.applied() == Added.NO_ROOM)
                    request.refuse(Why.TOO_MANY, "there are as many counters as counter.limit allows");
                else if (applied < added.applied()) request.result.complete(value + ++applied);
                else request.refuse(Why.OVERFLOW, "the counter stands at the greatest value there is");
            }
        }

        /** Sends the signals. They are hints: if that fails, the increments are answered all the same. */
        private void signalOthers(String name, long value) {
            try {
                committed.accept(name, value);
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "Signals are not sent; the sweeps of the others find the value", e);
            }
        }

        @Override
        public void refuse(List<Request> aboard, boolean sent, String why) {
            for (Request request : aboard) request.refuse(sent && request.adds() ? Why.UNKNOWN : Why.UNAVAILABLE, why);
        }
    }
}
