// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.holdfast.counter.Tally.Part;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A side of a split that has lost the counter, or parts of it. */
class LostTallyTest {
    private static final UUID A = new UUID(0, 1), B = new UUID(0, 2), C = new UUID(0, 3);
    private static final Tally WHOLE = add(add(add(Tally.ZERO, A, 1, 30), B, 1, 20), C, 1, 50);

    private static Tally add(Tally tally, UUID origin, long batch, long increments) {
        return tally.plus(origin, batch, increments, 1_000);
    }

    private static Part known(UUID origin, long sum) {
        return Part.known(origin, sum, 1, 1_000);
    }

    @Test
    void aTallyOfWhichNothingIsMissingStaysAsItIs() {
        assertSame(WHOLE, WHOLE.restored(known(C, 50), 100));
        assertSame(WHOLE, WHOLE.restored(known(C, 40), 90));
        assertSame(Tally.ZERO, Tally.ZERO.restored(known(C, 0), 0));
    }

    @Test
    void aLostTallyGoesOnFromTheValueThatItsMemberHasShown() {
        Tally lost = Tally.ZERO.restored(known(C, 50), 100);
        assertEquals(100, lost.value());
        assertEquals(101, add(lost, C, 2, 1).value());
    }

    @Test
    void aLossThatSeveralMembersRestoreIsCountedOnce() {
        Tally lost = Tally.ZERO
                .restored(known(C, 50), 100)
                .restored(known(B, 20), 100)
                .restored(known(A, 30), 100);
        assertEquals(100, lost.value());
        assertEquals(0, lost.lift());
    }

    @Test
    void incrementsOnBothSidesAreAllInTheJoinAndTheLiftIsGone() {
        Tally lost = add(Tally.ZERO.restored(known(C, 50), 100), C, 2, 7);
        Tally kept = add(add(WHOLE, A, 2, 3), B, 2, 4);
        assertEquals(114, lost.joined(kept).value());
        assertEquals(114, kept.joined(lost).value());
        assertEquals(0, kept.joined(lost).lift());
    }

    @Test
    void theJoinIsNotBelowAShownValueEvenIfItsPartsAreLostForGood() {
        Tally lifted = Tally.ZERO.restored(known(C, 50), 100);
        Tally other = add(Tally.ZERO, A, 9, 5);
        assertEquals(100, lifted.joined(other).value());
        assertEquals(100, other.joined(lifted).value());
    }
}
