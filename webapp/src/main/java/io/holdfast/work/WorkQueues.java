// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.RequestBody;
import io.holdfast.work.queue.QueuePlace;
import io.holdfast.work.relay.Order;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The access to the queues for another room. Nothing blocks. */
public final class WorkQueues {
    private final Matchmaker matchmaker;

    WorkQueues(Matchmaker matchmaker) {
        this.matchmaker = matchmaker;
    }

    /** A request of another room. */
    public interface Entry {

        /** Waits for a worker, at the place with this number. If the number is 0, the request gets a new place. */
        void start(long place);

        /** Ends the request, because the response is not wanted any more. */
        void cancel();
    }

    /**
     * Makes a request that waits for a worker after it is started. If a worker has not begun it, the next one gets it.
     *
     * @param wait how long the request may wait for a worker
     */
    public Entry entry(Order order, @Nullable RequestBody body, Duration wait, Requester requester) {
        QueuedRequest request = new QueuedRequest(matchmaker, order, body, 1, wait, requester);
        return new Entry() {
            @Override
            public void start(long place) {
                request.startAt(place);
            }

            @Override
            public void cancel() {
                request.cancel();
            }
        };
    }

    /** The place of the request of that name in the queue. */
    public CompletionStage<QueuePlace> place(String queue, String name) {
        return matchmaker.place(queue, name);
    }
}
