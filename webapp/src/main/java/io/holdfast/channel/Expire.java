// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.map.EntryProcessor;
import io.holdfast.cluster.Records.Condition;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Drops what has become too old, and a channel that is over as a whole. A time to live of the map would not do: it ends on the backups
 * later than on the primary, and what is published in between would differ.
 *
 * @param now the time, in epoch milliseconds
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Expire(long now) implements EntryProcessor<String, Log, Boolean> {

    @Override
    public Boolean process(Entry<String, @Nullable Log> entry) {
        Log log = entry.getValue();
        if (log == null || !log.isDue(now)) return false;
        entry.setValue(log.isOver(now) ? null : log.aged(now));
        return true;
    }

    /**
     * Selects the channels that have something to drop.
     *
     * @param now the time, in epoch milliseconds
     */
    record Due(long now) implements Condition<Log> {

        @Override
        public boolean matches(Log log) {
            return log.isDue(now);
        }
    }
}
