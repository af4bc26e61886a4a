// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.query.Predicate;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Removes a queue that nobody has used for long.
 *
 * @param now the time, in epoch milliseconds
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Forget(long now) implements EntryProcessor<String, Queue, Boolean> {

    @Override
    public Boolean process(Entry<String, @Nullable Queue> entry) {
        Queue queue = entry.getValue();
        if (queue == null || !queue.isOver(now)) return false;
        entry.setValue(null);
        return true;
    }

    /**
     * The queues that it removes. Asked of the member's own partitions only; it travels when they do.
     *
     * @param now the time, in epoch milliseconds
     */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Due(long now) implements Predicate<String, Queue> {

        @Override
        public boolean apply(Entry<String, Queue> entry) {
            return entry.getValue().isOver(now);
        }
    }
}
