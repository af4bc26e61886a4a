// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.limit.Limitable;

/** A command to a counter, with what its origin knows of that counter. */
sealed interface TallyCommand extends Limitable<Tally, Added> permits AddToTally, EndTally {
    /** The knowledge that the origin has of the counter. */
    Known known();

    /** The time, in epoch milliseconds. */
    long now();

    /** A counter that was removed only shows that; it takes no place. */
    @Override
    default boolean isVacant(Tally value) {
        return value.life().isOver();
    }
}
