// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The figures of a reading of the registry. */
class WaiterStatsTest {
    private static final int MOST = 2;

    @Test
    void itIsFullWhenAsManyAreHeldAsMayBe() {
        assertFalse(new WaiterStats(MOST - 1, 1, MOST, false, 0).isFull());
        assertTrue(new WaiterStats(MOST, 1, MOST, false, 0).isFull());
        assertTrue(new WaiterStats(MOST + 1, 1, MOST, false, 0).isFull(), "one is counted before it is refused");
    }

    @Test
    void itIsFullWhenTheMemberIsGoingDown() {
        assertTrue(new WaiterStats(0, 0, MOST, true, 0).isFull());
    }
}
