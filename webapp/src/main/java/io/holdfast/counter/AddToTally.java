// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.map.EntryProcessor;
import java.util.Map.Entry;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Adds a batch of increments to a counter, once however often it is sent; a batch of none reads it.
 *
 * <p>Where the cluster has lost what the origin knows of the counter, it is restored first, together with that the batches before
 * this one are dealt with: each is either in what is known or was given up. One of them that comes late is not applied again.
 *
 * <p>It runs on the backups too, also when it only reads: an answer therefore means that the backups are as new as what it says.
 *
 * @param origin who adds
 * @param known how much the origin knows to have added before
 * @param knownAt the time of the last batch that it knows of, in epoch milliseconds
 * @param shown the greatest value that the origin has shown or heard of
 * @param batch the number of the batch, growing by origin
 * @param increments how many
 * @param now the time, in epoch milliseconds
 * @param mayCreate whether the counter may come into being
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record AddToTally(
        UUID origin, long known, long knownAt, long shown, long batch, long increments, long now, boolean mayCreate)
        implements EntryProcessor<String, Tally, Added> {

    @Override
    @SuppressWarnings("ReferenceEquality") // restored() is the same tally where nothing was lost
    public Added process(Entry<String, @Nullable Tally> entry) {
        Tally stored = entry.getValue() == null ? Tally.ZERO : entry.getValue();
        Tally before = stored.restored(Tally.Part.known(origin, known, batch - 1, knownAt), shown);
        if (before != stored) entry.setValue(before);
        if (increments == 0) return new Added(before.value(), 0, 0);
        if (entry.getValue() == null && !mayCreate) return new Added(0, Added.NO_ROOM, 0);
        return before.outcomeOf(origin, batch).orElseGet(() -> {
            Tally after = before.plus(origin, batch, increments, now);
            entry.setValue(after);
            return after.outcomeOf(origin, batch).orElseThrow();
        });
    }
}
