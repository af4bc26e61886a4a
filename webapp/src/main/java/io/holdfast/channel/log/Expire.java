// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import com.hazelcast.map.EntryProcessor;
import io.holdfast.cluster.Records.Condition;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Drops events that are too old, and a channel that is not needed any more. A time to live of the map cannot be used: it ends later on
 * the backups than on the primary, so that a publication in between would have different results.
 *
 * @param now the time, in epoch milliseconds
 * @param lingers how long an empty channel keeps its numbering, in milliseconds
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
public record Expire(long now, long lingers) implements EntryProcessor<String, Log, Boolean> {

    @Override
    public Boolean process(Entry<String, @Nullable Log> entry) {
        Log log = entry.getValue();
        if (log == null || !log.isDue(now, lingers)) return false;
        entry.setValue(log.isOver(now, lingers) ? null : log.aged(now));
        return true;
    }

    /**
     * Selects the channels that have events to drop or can be dropped themselves.
     *
     * @param now the time, in epoch milliseconds
     * @param lingers how long an empty channel keeps its numbering, in milliseconds
     */
    public record Due(long now, long lingers) implements Condition<Log> {

        @Override
        public boolean matches(Log log) {
            return log.isDue(now, lingers);
        }
    }
}
