// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Removes the events of a channel. If it is applied twice, it begins a new epoch twice, which is harmless because ids only grow.
 *
 * @param now the time, in epoch milliseconds
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
public record Clear(long now) implements EntryProcessor<String, Log, EventId> {

    @Override
    public EventId process(Entry<String, @Nullable Log> entry) {
        Log log = entry.getValue();
        if (log == null) return EventId.BEGINNING;
        Log cleared = log.cleared(now);
        entry.setValue(cleared);
        return cleared.last();
    }
}
