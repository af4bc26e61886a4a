// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import java.util.UUID;

/**
 * The knowledge that a member has of a counter and sends with each batch.
 *
 * @param origin the origin under which the member has added
 * @param sum how much that origin has added
 * @param at the time of the last batch whose outcome is known, in epoch milliseconds
 * @param shown the greatest value that this member has shown or was sent by another
 */
record Known(UUID origin, long sum, long at, long shown) {
    static final Known NOTHING = new Known(new UUID(0, 0), 0, 0, 0);

    /** The knowledge for the next batch. If the origin has added nothing for too long, a fresh origin takes its place. */
    Known asOf(long now, UUID fresh) {
        return sum > 0 && now - at <= Tally.RETIRED_MILLIS ? this : new Known(fresh, 0, 0, shown);
    }

    /** The knowledge after that outcome of a batch. Its sum is the newer one even if it is smaller: the one before was folded. */
    Known after(Added added, UUID adding, long now) {
        long newest = Math.max(shown, added.value());
        return added.applied() > 0 ? new Known(adding, added.mine(), now, newest) : new Known(origin, sum, at, newest);
    }

    /** The knowledge after another member has shown this value. */
    Known withShown(long value) {
        return new Known(origin, sum, at, Math.max(shown, value));
    }
}
