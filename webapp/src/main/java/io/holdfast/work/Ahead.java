// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Where somebody waits in a queue, as its primary has it. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Ahead(String ticket) implements EntryProcessor<String, Queue, QueuePlace> {

    @Override
    public QueuePlace process(Entry<String, @Nullable Queue> entry) {
        Queue queue = entry.getValue();
        return queue == null ? QueuePlace.NONE : queue.place(ticket);
    }

    @Override
    public @Nullable EntryProcessor<String, Queue, QueuePlace> getBackupProcessor() {
        return null;
    }
}
