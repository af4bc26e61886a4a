// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** The newest place of a channel, as its primary has it: a first look, not to be shown to anybody. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Peek() implements EntryProcessor<String, Log, EventId> {

    @Override
    public EventId process(Entry<String, @Nullable Log> entry) {
        Log log = entry.getValue();
        return log == null ? EventId.BEGINNING : log.last();
    }

    @Override
    public @Nullable EntryProcessor<String, Log, EventId> getBackupProcessor() {
        return null;
    }
}
