// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Circles of links are noticed however long they are; a long way straight on is not taken for one. */
class LinkTrailTest {
    private static URI place(long number) {
        return URI.create("http://a.example/" + number);
    }

    @Test
    void aLongWayStraightOnIsNoCircle() {
        LinkTrail trail = new LinkTrail(place(0));
        for (int i = 1; i < 100_000; i++) assertFalse(trail.leadsBack(place(i)), "at " + i);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 99})
    void aShortCircleIsNoticedAtOnce(int length) {
        LinkTrail trail = new LinkTrail(place(0));
        for (int i = 1; i < length; i++) assertFalse(trail.leadsBack(place(i)));
        for (int i = 0; i < 1_000; i++) assertTrue(trail.leadsBack(place(i % length)), "at " + i);
    }

    /** After that, each step is known to be one of the circle. */
    @ParameterizedTest
    @CsvSource({"100, 0", "101, 0", "101, 50", "128, 3", "1000, 0", "1000, 700", "4096, 1", "3, 500", "150, 10000"})
    void aCircleOfAnyLengthIsNoticedWithinThreeRoundsAndStaysNoticed(int length, int before) {
        LinkTrail trail = new LinkTrail(place(-1));
        for (int i = 0; i < before; i++) assertFalse(trail.leadsBack(place(-2 - i)));
        int most = 3 * Math.max(length, before) + 1, last = 0;
        for (int i = 0; i < most + 2 * length; i++) if (!trail.leadsBack(place(i % length))) last = i;
        assertTrue(last <= most, "the last step that was not slow: " + last + " of at most " + most);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 50, 300})
    void aWayThatLeavesTheCircleIsFastAgainAfterOneRoundAtMost(int length) {
        LinkTrail trail = new LinkTrail(place(0));
        for (int i = 1; i < 10 * length; i++) trail.leadsBack(place(i % length));
        int slow = 0;
        for (int i = 0; i < 1_000; i++) if (trail.leadsBack(place(1_000_000 + i))) slow++;
        assertTrue(slow <= length, slow + " steps were slow");
    }

    @Test
    void aPlaceThatIsAskedAgainAndHasSomethingNewIsFastAtOnce() {
        LinkTrail trail = new LinkTrail(place(1));
        assertTrue(trail.leadsBack(place(1)));
        assertTrue(trail.leadsBack(place(1)));
        for (int i = 2; i < 10; i++) assertFalse(trail.leadsBack(place(i)));
    }

    @Test
    void aHoldForgetsTheWay() {
        LinkTrail trail = new LinkTrail(place(0));
        for (int i = 1; i < 2_000; i++) trail.leadsBack(place(i % 300));
        int slow = 0;
        for (int i = 0; i < 300; i++) {
            trail.restart(place(-1));
            if (trail.leadsBack(place(i))) slow++;
        }
        assertEquals(0, slow);
    }
}
