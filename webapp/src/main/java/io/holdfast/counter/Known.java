// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import java.util.UUID;

/**
 * What a member knows of a counter, and says with each batch.
 *
 * @param origin as whom it has added
 * @param sum how much that origin has added
 * @param at the time of the last batch of which it knows, in epoch milliseconds
 * @param shown the greatest value it has shown or heard of
 */
record Known(UUID origin, long sum, long at, long shown) {
    static final Known NOTHING = new Known(new UUID(0, 0), 0, 0, 0);

    /** The knowledge to go on from: none of its own, as that young origin, where the one so far has been still for too long. */
    Known asOf(long now, UUID young) {
        return sum > 0 && now - at <= Tally.RETIRED_MILLIS ? this : new Known(young, 0, 0, shown);
    }

    /** What is known when a batch has led to this. Its sum is the newer one, even if smaller: the one before was folded. */
    Known after(Added added, UUID adding, long now) {
        long newest = Math.max(shown, added.value());
        return added.applied() > 0 ? new Known(adding, added.mine(), now, newest) : new Known(origin, sum, at, newest);
    }

    /** What is known when another member has shown this value. */
    Known shown(long value) {
        return new Known(origin, sum, at, Math.max(shown, value));
    }
}
