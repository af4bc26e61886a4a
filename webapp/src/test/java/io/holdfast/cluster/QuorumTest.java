// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The smallest cluster that writes. */
class QuorumTest {

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 1", "3, 2", "4, 3", "5, 3", "6, 4", "9, 5"})
    void theMajorityOfTheExpectedMembersIsNeeded(int expected, int minimum) {
        assertEquals(minimum, new Quorum(0, expected).minimum());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9})
    void twoSidesOfASplitNeverBothHaveIt(int members) {
        Quorum quorum = new Quorum(0, 0);
        quorum.present(members);

        for (int side = 0; side <= members; side++)
            assertTrue(side < quorum.minimum() || members - side < quorum.minimum(), "a side of " + side);
    }

    @Test
    void aNumberOfTheOperatorStands() {
        Quorum quorum = new Quorum(2, 5);
        quorum.present(9);

        assertEquals(2, quorum.minimum());
    }

    @Test
    void membersThatWereSeenCountAndOnesThatWereLostStillDo() {
        Quorum quorum = new Quorum(0, 3);
        quorum.present(5);
        quorum.present(4);

        assertEquals(3, quorum.minimum());
    }

    @Test
    void aMemberThatJoinsTakesThePlaceOfALostOne() {
        Quorum quorum = new Quorum(0, 3);
        quorum.present(3);
        quorum.present(2);
        quorum.present(3);

        assertEquals(3, quorum.seen());
    }

    /** From three to five and back, as an operator does it. */
    @Test
    void membersThatLeaveInGoodOrderAreNoLongerCounted() {
        Quorum quorum = new Quorum(0, 3);
        quorum.present(5);
        quorum.left(4);
        assertEquals(3, quorum.minimum());
        quorum.left(3);

        assertEquals(2, quorum.minimum());
    }

    @Test
    void thoseThatStayAreSeenHoweverManyAreSaidToHaveLeft() {
        Quorum quorum = new Quorum(0, 0);
        quorum.present(3);
        quorum.left(3);

        assertEquals(3, quorum.seen());
    }

    @Test
    void whatTheMembersAgreeOnCounts() {
        Quorum quorum = new Quorum(0, 1);
        quorum.expect(5);

        assertEquals(3, quorum.minimum());
    }
}
