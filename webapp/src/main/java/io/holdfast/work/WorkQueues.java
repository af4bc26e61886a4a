// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.RequestBody;
import io.holdfast.work.queue.QueuePlace;
import io.holdfast.work.relay.Order;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The way into the queues for requests of another room. Nothing blocks. */
public final class WorkQueues {
    private final Matchmaker matchmaker;

    WorkQueues(Matchmaker matchmaker) {
        this.matchmaker = matchmaker;
    }

    /** One request of another room. */
    public interface Entry {

        /** Waits for a worker; with the number of the place where the request waited before, or 0 if it is new. */
        void start(long place);

        /** Gives it up: the response is not wanted any more. */
        void cancel();
    }

    /**
     * A request that waits for a worker once it is started. It is given to one worker, and to the next only if the first has not begun.
     *
     * @param wait how long it may wait
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

    /** Where the request of that name waits in that queue. */
    public CompletionStage<QueuePlace> place(String queue, String name) {
        return matchmaker.place(queue, name);
    }
}
