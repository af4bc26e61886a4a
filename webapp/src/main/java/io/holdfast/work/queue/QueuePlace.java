// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.Records.Preview;
import org.jspecify.annotations.Nullable;

/**
 * Where a request waits in its queue.
 *
 * @param before how many requests are given a worker before it; -1 if it does not wait
 * @param millis in how long it will be given one at the present pace, in milliseconds; 0 if that is not known
 */
public record QueuePlace(int before, long millis) {
    public static final QueuePlace NONE = new QueuePlace(-1, 0);

    /** Reads the place of a request from the primary of its queue. */
    record Of(String request) implements Preview<Queue, QueuePlace> {

        @Override
        public QueuePlace of(@Nullable Queue queue) {
            return queue == null ? NONE : queue.place(request);
        }
    }
}
