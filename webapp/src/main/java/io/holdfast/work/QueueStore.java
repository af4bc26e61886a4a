// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.map.IMap;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Standing;
import io.holdfast.time.Clocks;
import io.holdfast.work.WorkRefusal.Why;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** The queues in the cluster's map; the only class that holds it. */
final class QueueStore {
    private final IMap<String, Queue> map;
    private final Batches<Request, Turn, Queue, Turned> batches;
    private final Standing standing;
    private final WorkOptions options;
    private final Clocks clocks;
    private final String me;
    private final BiConsumer<String, List<Queue.Match>> matched;
    private final UUID origin = UUID.randomUUID();
    private volatile boolean roomForMore = true;

    /**
     * The store of a member.
     *
     * @param matched is told of those who were given whom, by queue
     */
    QueueStore(
            Cluster cluster,
            WorkOptions options,
            Clocks clocks,
            Executor executor,
            BiConsumer<String, List<Queue.Match>> matched) {
        this.map = cluster.map(WorkWire.QUEUES);
        this.batches = new Batches<>(cluster, WorkWire.QUEUES, options.patience(), clocks, executor, new Turns());
        this.standing = cluster.standing();
        this.options = options;
        this.clocks = clocks;
        this.matched = matched;
        this.me = cluster.signals().name();
    }

    /** Has this happen to the queue, in its turn; what is there then, as the backups have it. Fails with {@link WorkRefusal}. */
    CompletionStage<Turned> step(String queue, Step step) {
        Request request = new Request(step, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(queue, request);
        return request.result;
    }

    /** Where that one waits. */
    CompletionStage<QueuePlace> ahead(String queue, String ticket) {
        try {
            return map.submitToKey(queue, new Ahead(ticket));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Looks whether there may be more: whether this member owns more than its share of what is allowed. */
    void takeStock() {
        long share = -Math.floorDiv(-options.queues(), Math.max(1, standing.size()));
        roomForMore = map.getLocalMapStats().getOwnedEntryCount() < share;
    }

    /** Removes those that nobody has used for long and whose primary is here. Blocks. */
    void forget() {
        long now = clocks.wall().millis();
        Set<String> due = Cluster.ownKeys(map, new Forget.Due(now));
        if (!due.isEmpty()) map.executeOnKeys(due, new Forget(now));
    }

    private record Request(Step step, long since, CompletableFuture<Turned> result) implements Batches.Request {

        void refuse(Why why, String message) {
            result.completeExceptionally(new WorkRefusal(why, message));
        }
    }

    private final class Turns implements Batches.Store<Request, Turn, Turned> {

        @Override
        public Turn command(String queue, long number, List<Request> aboard) {
            List<Step> steps = aboard.stream().map(Request::step).toList();
            return new Turn(origin, number, me, clocks.wall().millis(), options.queueLength(), roomForMore, steps);
        }

        @Override
        public void deliver(String queue, Turn turn, Turned turned, List<Request> aboard) {
            for (Request request : aboard)
                if (!turned.room())
                    request.refuse(Why.TOO_MANY_QUEUES, "there are as many queues as work.queues allows");
                else if (turned.refused().contains(request.step.name()))
                    request.refuse(Why.QUEUE_FULL, "as many wait in this queue as work.queue-length allows");
                else request.result.complete(turned);
            if (!turned.matches().isEmpty()) matched.accept(queue, turned.matches());
        }

        @Override
        public void refuse(List<Request> aboard, boolean sent, String why) {
            for (Request request : aboard) request.refuse(sent ? Why.UNKNOWN : Why.UNAVAILABLE, why);
        }
    }
}
