// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import io.holdfast.cluster.Batches;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.MemberTrust;
import io.holdfast.time.Clocks;
import io.holdfast.work.queue.Queue.Match;
import io.holdfast.work.queue.QueueRefusal.Why;
import java.util.List;
import java.util.Map.Entry;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The cluster's map of queues; no other class holds it. */
final class QueueStore {
    static final String MAP = "holdfast.queues";

    private final IMap<String, Queue> map;
    private final Batches<Request, QueueTurn, Queue, QueueTurn.Answer> batches;
    private final MemberTrust standing;
    private final QueueOptions options;
    private final Clocks clocks;
    private final String me;
    private final BiConsumer<String, List<Match>> onMatches;
    private final UUID origin = UUID.randomUUID();
    private volatile boolean roomForMore = true;

    QueueStore(
            Cluster cluster,
            QueueOptions options,
            Clocks clocks,
            Executor executor,
            BiConsumer<String, List<Match>> onMatches) {
        this.map = cluster.map(MAP);
        this.batches = new Batches<>(cluster, MAP, options.patience(), clocks, executor, new Turns());
        this.standing = cluster.trust();
        this.options = options;
        this.clocks = clocks;
        this.onMatches = onMatches;
        this.me = cluster.signals().name();
    }

    CompletionStage<MemberView> step(String queue, QueueStep step) {
        Request request = new Request(step, clocks.ticker().nanos(), new CompletableFuture<>());
        batches.join(queue, request);
        return request.result;
    }

    CompletionStage<QueuePlace> place(String queue, String request) {
        try {
            return map.submitToKey(queue, new PlaceOf(request));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    void takeStock() {
        long share = -Math.floorDiv(-options.queues(), Math.max(1, standing.size()));
        roomForMore = map.getLocalMapStats().getOwnedEntryCount() < share;
    }

    void forget() {
        long now = clocks.wall().millis();
        Set<String> due = Cluster.ownKeys(map, new Due(now));
        if (!due.isEmpty()) map.executeOnKeys(due, new Forget(now));
    }

    /** Reads where a request waits, from the primary. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record PlaceOf(String request) implements EntryProcessor<String, Queue, QueuePlace> {

        @Override
        public QueuePlace process(Entry<String, @Nullable Queue> entry) {
            Queue queue = entry.getValue();
            return queue == null ? QueuePlace.NONE : queue.place(request);
        }

        @Override
        public @Nullable EntryProcessor<String, Queue, QueuePlace> getBackupProcessor() {
            return null;
        }
    }

    /** Removes a queue that has long been empty. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Forget(long now) implements EntryProcessor<String, Queue, Boolean> {

        @Override
        public Boolean process(Entry<String, @Nullable Queue> entry) {
            Queue queue = entry.getValue();
            if (queue == null || !queue.isOver(now)) return false;
            entry.setValue(null);
            return true;
        }
    }

    /** The queues that {@link Forget} removes. It is asked of the member's own partitions only, and travels when they do. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Due(long now) implements Predicate<String, Queue> {

        @Override
        public boolean apply(Entry<String, Queue> entry) {
            return entry.getValue().isOver(now);
        }
    }

    private record Request(QueueStep step, long since, CompletableFuture<MemberView> result)
            implements Batches.Request {

        void refuse(Why why, String message) {
            result.completeExceptionally(new QueueRefusal(why, message));
        }

        void deliver(QueueTurn.Answer answer) {
            if (!answer.room()) refuse(Why.TOO_MANY_QUEUES, "there are as many queues as work.queues allows");
            else if (step instanceof QueueStep.Enter enter
                    && answer.refused().contains(enter.request().id()))
                refuse(Why.QUEUE_FULL, "as many wait in this queue as work.queue-length allows");
            else result.complete(answer.view());
        }
    }

    private final class Turns implements Batches.Store<Request, QueueTurn, QueueTurn.Answer> {

        @Override
        public QueueTurn command(String queue, long number, List<Request> aboard) {
            List<QueueStep> steps = aboard.stream().map(Request::step).toList();
            return new QueueTurn(origin, number, me, clocks.wall().millis(), options.length(), roomForMore, steps);
        }

        @Override
        public void deliver(String queue, QueueTurn turn, QueueTurn.Answer answer, List<Request> aboard) {
            for (Request request : aboard) request.deliver(answer);
            List<Match> matches = answer.view().matches();
            if (!matches.isEmpty()) onMatches.accept(queue, matches);
        }

        @Override
        public void refuse(List<Request> aboard, boolean sent, String why) {
            for (Request request : aboard) request.refuse(sent ? Why.UNKNOWN : Why.UNAVAILABLE, why);
        }
    }
}
