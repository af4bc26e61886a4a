// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** How many wait in a queue before that one, as its primary has it; -1 if it does not wait. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Ahead(String ticket) implements EntryProcessor<String, Queue, Integer> {

    @Override
    public Integer process(Entry<String, @Nullable Queue> entry) {
        Queue queue = entry.getValue();
        return queue == null ? -1 : queue.before(ticket).orElse(-1);
    }

    @Override
    public @Nullable EntryProcessor<String, Queue, Integer> getBackupProcessor() {
        return null;
    }
}
