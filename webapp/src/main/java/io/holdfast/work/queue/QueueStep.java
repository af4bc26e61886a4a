// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

/** One change of a queue. A step that is repeated changes nothing. */
public sealed interface QueueStep {

    /** The queue after this step; the same queue if the step changes nothing. */
    Queue apply(Queue queue, long now);

    /** Changes nothing; shows its sender all that concerns it. */
    record Look() implements QueueStep {
        @Override
        public Queue apply(Queue queue, long now) {
            return queue;
        }
    }

    /** A request waits. */
    record Enter(Queue.Waiting request) implements QueueStep {

        /** Whether the request has had no place in the queue before. */
        boolean isNew() {
            return request.number() == 0;
        }

        @Override
        public Queue apply(Queue queue, long now) {
            return queue.entered(request, now);
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
