// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class KnownTest {
    private static final long LATER = 2 * Tally.STILL_MILLIS;
    private static final Life LIFE = new Life(500, 0, 0);

    /** An origin that was idle for so long that its part was folded, and that then adds again. */
    @Test
    void aFoldedPartIsNotRestored() {
        UUID idle = new UUID(1, 1);
        Tally tally = Tally.ZERO.plus(idle, 1, 100, 1_000);
        Known known = Known.NOTHING.after(tally.outcomeOf(idle, 1).orElseThrow(), idle, 1_000);
        for (int other = 0; other < Tally.MANY_PARTS; other++) tally = tally.plus(new UUID(2, other), 1, 1, LATER);
        long value = tally.value();
        assertEquals(100, tally.base());

        for (long batch = 2; batch < 5; batch++) {
            tally = tally.restored(Tally.Part.known(idle, known.sum(), batch - 1, known.at()), known.shown());
            tally = tally.plus(idle, batch, 1, LATER + batch);
            known = known.after(tally.outcomeOf(idle, batch).orElseThrow(), idle, LATER + batch);
            assertEquals(++value, tally.value());
        }
    }

    @Test
    void aMemberThatAddedNothingForLongTakesAnotherOriginAndKeepsWhatItHasShown() {
        UUID old = new UUID(1, 1), young = new UUID(1, 2);
        Known known = new Known(old, 5, 1_000, 7, LIFE);

        assertEquals(known, known.asOf(1_000 + Tally.RETIRED_MILLIS, young));
        assertEquals(new Known(young, 0, 0, 7, LIFE), known.asOf(1_001 + Tally.RETIRED_MILLIS, young));
        assertEquals(young, Known.NOTHING.asOf(1_000, young).origin());
        assertEquals(new Known(young, 2, 9_000, 9, LIFE), known.after(new Added(9, 2, 2, LIFE), young, 9_000));
    }

    @Test
    void noMemberStartsToAddUnderAnOriginThatMayBeOldElsewhere() {
        FreshOrigin origin = new FreshOrigin(1_000);
        UUID first = origin.at(1_000);

        assertEquals(first, origin.at(1_000 + Tally.RETIRED_MILLIS));
        assertNotEquals(first, origin.at(1_001 + Tally.RETIRED_MILLIS));
    }

    @Test
    void aReadTeachesTheValueAndNothingElse() {
        UUID old = new UUID(1, 1);
        assertEquals(
                new Known(old, 5, 1_000, 9, LIFE),
                new Known(old, 5, 1_000, 7, LIFE).after(new Added(9, 0, 0, LIFE), new UUID(1, 2), 2_000));
    }

    @Test
    void anOlderValueTeachesNothing() {
        Known known = new Known(new UUID(1, 1), 5, 1_000, 7, LIFE);
        assertEquals(known, known.withShown(new Reading(6, LIFE)));
    }
}
