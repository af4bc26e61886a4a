// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Reads a counter's value for the sweep; whether the backups have it too remains to be asked. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record PeekTally() implements EntryProcessor<String, Tally, Long>, ReadOnly {

    @Override
    public Long process(Entry<String, @Nullable Tally> entry) {
        return entry.getValue() == null ? 0 : entry.getValue().value();
    }
}
