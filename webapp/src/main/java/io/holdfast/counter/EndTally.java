// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.limit.Allowance;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes a counter. For some time, its tally shows that it was removed. Members that know its value, and batches that come late, do
 * not bring it back; nor does a late copy of this command remove what was begun since.
 *
 * @param known what the origin knows of the counter
 * @param batch the number of the batch, growing by origin
 * @param now the time, in epoch milliseconds
 * @param idle only a counter that was last changed before this time is removed
 * @param mayCreate whether a counter that is not stored may leave a tally
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record EndTally(Known known, long batch, long now, long idle, boolean mayCreate) implements TallyCommand {
    static final long ALWAYS = Long.MAX_VALUE;

    @Override
    public EndTally under(Allowance allowance) {
        return new EndTally(known, batch, now, idle, allowance.create());
    }

    @Override
    public Added process(Entry<String, @Nullable Tally> entry) {
        Tally stored = entry.getValue() == null ? Tally.ZERO : entry.getValue();
        UUID origin = known.origin();
        Optional<Added> done = stored.outcomeOf(origin, batch);
        if (done.isPresent()) return done.get();
        boolean isWanted = idle == ALWAYS || (entry.getValue() != null && stored.changed() < idle);
        if (!isWanted || (entry.getValue() == null && !mayCreate))
            return new Added(stored.value(), 0, 0, stored.life());
        Tally over = stored.restored(Tally.Part.known(origin, 0, batch - 1, known.at()), 0, known.life())
                .removed(origin, batch, now);
        entry.setValue(over);
        return new Added(0, 0, 0, over.life());
    }
}
