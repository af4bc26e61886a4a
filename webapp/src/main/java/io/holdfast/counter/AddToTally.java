// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.limit.Allowance;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Adds a batch of increments to a counter. However often the batch is sent, it is applied once. A batch without increments reads
 * the counter.
 *
 * <p>If the cluster has lost something that the origin knows of the counter, the batch restores that first. Each earlier batch of
 * the origin is either part of what it knows or was given up; a late copy of one is not applied. If the counter was removed since,
 * nothing is restored, and increments begin another life.
 *
 * <p>The batch also runs on the backups, even if it only reads. The backups are therefore as new as its answer.
 *
 * @param known what the origin knows of the counter
 * @param batch the number of the batch, growing by origin
 * @param increments how many
 * @param now the time, in epoch milliseconds
 * @param mayCreate whether the counter may come into being
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record AddToTally(Known known, long batch, long increments, long now, boolean mayCreate) implements TallyCommand {

    @Override
    public AddToTally under(Allowance allowance) {
        return new AddToTally(known, batch, increments, now, allowance.create());
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // restored() is the same tally where nothing was lost
    public Added process(Entry<String, @Nullable Tally> entry) {
        Tally stored = entry.getValue() == null ? Tally.ZERO : entry.getValue();
        UUID origin = known.origin();
        Tally before = stored.restored(
                Tally.Part.known(origin, known.sum(), batch - 1, known.at()), known.shown(), known.life());
        if (before.lift() > stored.lift()) before = before.touched(origin, batch - 1, now);
        boolean lives = !before.life().isOver();
        if (before != stored && (lives || entry.getValue() != null)) entry.setValue(before);
        if (increments == 0) return new Added(before.value(), 0, 0, before.life());
        Optional<Added> done = before.outcomeOf(origin, batch);
        if (done.isPresent()) return done.get();
        if (!mayCreate && (entry.getValue() == null || !lives)) return new Added(0, Added.NO_ROOM, 0, before.life());
        Tally after = before.plus(origin, batch, increments, now);
        entry.setValue(after);
        return after.outcomeOf(origin, batch).orElseThrow();
    }
}
