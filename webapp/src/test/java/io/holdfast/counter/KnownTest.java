// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class KnownTest {
    private static final long LATER = 2 * Tally.STILL_MILLIS;

    /** An origin that was still for so long that its part was folded, and that then goes on adding. */
    @Test
    void whatWasFoldedIsNotRestoredOnceMore() {
        UUID idle = new UUID(1, 1);
        Tally tally = Tally.ZERO.plus(idle, 1, 100, 1_000);
        Known known = Known.NOTHING.after(tally.outcomeOf(idle, 1).orElseThrow(), 1_000);
        for (int other = 0; other < Tally.MANY_PARTS; other++) tally = tally.plus(new UUID(2, other), 1, 1, LATER);
        long value = tally.value();
        assertEquals(100, tally.base());

        for (long batch = 2; batch < 5; batch++) {
            tally = tally.restored(Tally.Part.known(idle, known.sum(), known.at()), known.shown());
            tally = tally.plus(idle, batch, 1, LATER + batch);
            known = known.after(tally.outcomeOf(idle, batch).orElseThrow(), LATER + batch);
            assertEquals(++value, tally.value());
        }
    }

    @Test
    void aReadTeachesTheValueAndNothingElse() {
        assertEquals(new Known(5, 1_000, 9), new Known(5, 1_000, 7).after(new Added(9, 0, 0), 2_000));
    }

    @Test
    void anOlderValueTeachesNothing() {
        assertEquals(new Known(5, 1_000, 7), new Known(5, 1_000, 7).shown(6));
    }
}
