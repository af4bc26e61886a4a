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
 * @param life the life of the counter that all of this is about
 */
record Known(UUID origin, long sum, long at, long shown, Life life) {
    static final Known NOTHING = of(Life.NONE);

    private static Known of(Life life) {
        return new Known(new UUID(0, 0), 0, 0, 0, life);
    }

    /** The knowledge for the next batch. If the origin has added nothing for too long, a fresh origin takes its place. */
    Known asOf(long now, UUID fresh) {
        return sum > 0 && now - at <= Tally.RETIRED_MILLIS ? this : new Known(fresh, 0, 0, shown, life);
    }

    /** The knowledge after that outcome of a batch. Its sum is the newer one even if it is smaller: the one before was folded. */
    Known after(Added added, UUID adding, long now) {
        Known before = withShown(new Reading(added.value(), added.life()));
        return added.applied() > 0 && added.life().goesOnIn(before.life)
                ? new Known(adding, added.mine(), now, before.shown, before.life)
                : before;
    }

    /** The knowledge after this value was shown. A life that is over teaches only that it is. */
    Known withShown(Reading reading) {
        Life joined = life.and(reading.life());
        Known before = life.goesOnIn(joined) ? this : of(joined);
        long newest = reading.life().goesOnIn(joined) ? Math.max(before.shown, reading.value()) : before.shown;
        return new Known(before.origin, before.sum, before.at, newest, joined);
    }

    /** Whether the counter was removed before that time, and has not begun again as far as is known here. */
    boolean isOverSince(long before) {
        return life.isOver() && life.removed() < before;
    }
}
