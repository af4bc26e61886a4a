// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.RecordWire;
import io.holdfast.cluster.Step;
import java.util.List;

/** One change of a queue. A step that is repeated changes nothing. */
public sealed interface QueueStep extends Step<Queue> {

    /** Their wire forms. */
    static List<RecordWire<?>> wires() {
        return List.of(
                RecordWire.of("work.queue.look.v1", Look.class),
                RecordWire.of("work.queue.enter.v2", Enter.class),
                RecordWire.of("work.queue.withdraw.v1", Withdraw.class),
                RecordWire.of("work.queue.offer.v1", Offer.class),
                RecordWire.of("work.queue.leave.v1", Leave.class),
                RecordWire.of("work.queue.settle.v1", Settle.class),
                RecordWire.of("work.queue.free.v1", Free.class),
                RecordWire.of("work.queue.lose.v1", Lose.class));
    }

    /** Changes nothing; shows its sender everything that concerns it. */
    record Look() implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue;
        }
    }

    /**
     * A request waits.
     *
     * @param room how many requests may wait; one that waited before returns in any case
     * @param favoured whether the part of the queues that is kept for workers and operators is for it, too
     */
    record Enter(Queue.Waiting request, int room, boolean favoured) implements QueueStep {

        boolean isNew() {
            return request.number() == 0;
        }

        @Override
        public boolean isOfAnybody() {
            return isNew() && !favoured;
        }

        @Override
        public Queue apply(Queue queue, long now) {
            return isNew() && queue.waiting().size() >= room ? queue : queue.entered(request, now);
        }
    }

    /** A request does not wait any more. */
    record Withdraw(String request) implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue.withdrawn(request);
        }
    }

    /** A worker is idle. */
    record Offer(Queue.Idle worker) implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue.offered(worker);
        }
    }

    /** A worker is gone. */
    record Leave(String worker) implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue.left(worker);
        }
    }

    /** The member of the request has taken note of the match. */
    record Settle(long token) implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue.settled(token);
        }
    }

    /** The request of the match is gone: its worker is idle again. */
    record Free(long token) implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue.freed(token);
        }
    }

    /** A member is gone, with its requests and workers. */
    record Lose(String member) implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue.lost(member);
        }
    }
}
