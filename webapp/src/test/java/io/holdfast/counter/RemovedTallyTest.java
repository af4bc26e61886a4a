// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.Applied;
import io.holdfast.counter.Tally.Part;
import java.util.AbstractMap.SimpleEntry;
import java.util.Map.Entry;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters that are removed: what brings them back, and what does not. */
class RemovedTallyTest {
    private static final UUID A = new UUID(0, 1), B = new UUID(0, 2);
    private static final long BORN = 1_000, REMOVED = 2_000;

    /** The stored entry. */
    private final Entry<String, Tally> entry = new SimpleEntry<>("counter", null);

    private Added add(Known known, long batch, long increments, long now) {
        return new AddToTally(known, batch, increments, now, true).process(entry);
    }

    private Added remove(Known known, long batch, long now) {
        return new EndTally(known, batch, now, EndTally.ALWAYS, true).process(entry);
    }

    private static Known fresh(UUID origin) {
        return Known.NOTHING.asOf(0, origin);
    }

    private static Known knows(UUID origin, Added added, long now) {
        return fresh(origin).after(added, origin, now);
    }

    private Tally stored() {
        return entry.getValue();
    }

    @Test
    void aRemovedCounterIsZeroAndBeginsAgainAtOneInAnotherEpoch() {
        add(fresh(A), 1, 5, BORN);

        Added removed = remove(fresh(B), 1, REMOVED);
        Added next = add(fresh(B), 2, 1, REMOVED);

        assertEquals(new Added(0, 0, 0, new Life(0, REMOVED, BORN)), removed);
        assertEquals(new Added(1, 1, 1, new Life(REMOVED + 1, REMOVED, BORN)), next);
    }

    @Test
    void noMemberRestoresARemovedCounterAndItsIncrementsBeginAtOne() {
        Known known = knows(A, add(fresh(A), 1, 5, BORN), BORN);
        remove(fresh(B), 1, REMOVED);

        assertEquals(0, add(known, 2, 0, REMOVED + 1).value());
        Added next = add(known, 3, 1, REMOVED + 2);

        assertEquals(1, next.value());
        assertEquals(1, next.mine());
        Known after = known.after(next, A, REMOVED + 2);
        assertEquals(1, after.shown());
        assertEquals(2, add(after, 4, 1, REMOVED + 3).value());
    }

    @Test
    void aMemberThatOnlyReadsARemovedCounterLearnsThatItsKnowledgeIsOver() {
        Known known = knows(A, add(fresh(A), 1, 5, BORN), BORN);
        Added removed = remove(fresh(B), 1, REMOVED);

        Known after = known.after(removed, A, REMOVED);

        assertEquals(0, after.shown());
        assertEquals(0, after.sum());
        assertTrue(after.isOverSince(REMOVED + 1));
        assertFalse(after.isOverSince(REMOVED));
    }

    @Test
    void aLateReportOfTheFormerLifeTeachesNothing() {
        Added before = add(fresh(A), 1, 5, BORN);
        Known over = fresh(B).after(remove(fresh(B), 1, REMOVED), B, REMOVED);

        Known after = over.withShown(new Reading(before.value(), before.life()));

        assertEquals(over.shown(), after.shown());
        assertEquals(over.life(), after.life());
    }

    @Test
    void aLostCounterIsRestoredInItsOwnLife() {
        Added before = add(fresh(A), 1, 5, BORN);
        entry.setValue(null);

        Added read = add(knows(A, before, BORN), 2, 0, REMOVED);

        assertEquals(5, read.value());
        assertEquals(before.life(), read.life());
    }

    @Test
    void anIncrementThatIsSentAgainAfterTheRemovalHasItsFormerOutcomeAndCountsNothing() {
        AddToTally increment = new AddToTally(fresh(A), 7, 3, BORN, true);
        Added outcome = increment.process(entry);
        remove(fresh(B), 1, REMOVED);

        Added again = increment.process(entry);

        assertEquals(outcome.value(), again.value());
        assertEquals(outcome.applied(), again.applied());
        assertEquals(BORN, again.life().born());
        assertTrue(again.life().isOver());
        assertEquals(0, stored().value());
    }

    @Test
    void anIncrementThatIsSentAgainInTheNextLifeCountsNothingThere() {
        AddToTally increment = new AddToTally(fresh(A), 7, 3, BORN, true);
        increment.process(entry);
        remove(fresh(B), 1, REMOVED);
        add(fresh(B), 2, 1, REMOVED);

        Added again = increment.process(entry);

        assertEquals(3, again.value());
        assertEquals(BORN, again.life().born());
        assertEquals(1, stored().value());
    }

    @Test
    void aRemovalThatIsSentAgainDoesNotRemoveWhatWasBegunSince() {
        add(fresh(A), 1, 5, BORN);
        EndTally removal = new EndTally(fresh(B), 1, REMOVED, EndTally.ALWAYS, true);
        removal.process(entry);
        add(fresh(A), 2, 4, REMOVED);

        removal.process(entry);

        assertEquals(4, stored().value());
    }

    @Test
    void aSecondRemovalChangesNothing() {
        add(fresh(A), 1, 5, BORN);
        Added first = remove(fresh(B), 1, REMOVED);

        assertEquals(first, remove(fresh(A), 2, REMOVED + 100));
    }

    @Test
    void aClockThatIsBehindGivesTheNextLifeALaterEpoch() {
        add(fresh(A), 1, 5, BORN);
        Added removed = remove(fresh(B), 1, BORN - 500);
        Added next = add(fresh(B), 2, 1, BORN - 600);

        assertTrue(removed.life().isOver());
        assertTrue(next.life().born() > BORN);
        assertEquals(1, next.value());
    }

    @Test
    void nothingIsRefusedOfACounterThatWasLostWhileItWasRemovedElsewhere() {
        Known known = knows(A, add(fresh(A), 1, 5, BORN), BORN);
        entry.setValue(null);
        remove(fresh(B), 1, REMOVED);

        assertEquals(0, add(known, 2, 0, REMOVED).value());
    }

    @Test
    void whereNothingMoreMayBeStoredAnUnknownCounterLeavesNothing() {
        Added removed = new EndTally(fresh(A), 1, REMOVED, EndTally.ALWAYS, false).process(entry);

        assertEquals(0, removed.value());
        assertEquals(null, stored());
    }

    @Test
    void aRemovedCounterIsNewAsFarAsTheLimitIsConcerned() {
        add(fresh(A), 1, 5, BORN);
        remove(fresh(B), 1, REMOVED);

        Added refused = new AddToTally(fresh(A), 2, 1, REMOVED, false).process(entry);

        assertEquals(Added.NO_ROOM, refused.applied());
        assertTrue(stored().life().isOver());
    }

    @Test
    void aCounterThatWasIncrementedMeanwhileIsNotIdle() {
        add(fresh(A), 1, 5, BORN);
        add(fresh(B), 1, 1, REMOVED);

        new EndTally(fresh(A), 2, REMOVED + 5, REMOVED, true).process(entry);
        assertEquals(6, stored().value());
        new EndTally(fresh(A), 3, REMOVED + 5, REMOVED + 1, true).process(entry);
        assertEquals(0, stored().value());
    }

    @Test
    void aCounterThatWasJustRestoredIsNotIdle() {
        Added before = add(fresh(A), 1, 5, BORN);
        entry.setValue(null);
        add(fresh(B).withShown(new Reading(5, before.life())), 1, 0, REMOVED);

        assertEquals(5, stored().value());
        assertEquals(REMOVED, stored().changed());
    }

    @Test
    void theEmptyTallyOfARemovedCounterKeepsOnlyWhatMayBeSentAgain() {
        for (int i = 0; i < 30; i++) add(fresh(new UUID(1, i)), 1, 1, BORN);
        add(fresh(A), 2, 1, BORN + Applied.REPEATS_MILLIS);

        remove(fresh(B), 1, BORN + Applied.REPEATS_MILLIS);

        assertEquals(2, stored().parts().size());
    }

    /** The two sides of a split; the removal is on the smaller or on the larger one. */
    private static Tally joined(boolean smaller, Tally removing, Tally other) {
        return smaller ? removing.joined(other) : other.joined(removing);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRemovalOnOneSideOfASplitEndsTheCounterOnBoth(boolean smaller) {
        Tally common = Tally.ZERO.plus(A, 1, 5, BORN);
        Tally removing = common.removed(B, 1, REMOVED);
        Tally adding = common.plus(A, 2, 7, REMOVED + 50);

        Tally joined = joined(smaller, removing, adding);

        assertEquals(0, joined.value());
        assertTrue(joined.life().isOver());
        assertEquals(7, joined.outcomeOf(A, 2).orElseThrow().applied(), "sent again across the merge");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsBegunAfterTheRemovalIsAllThatIsLeftAfterTheMerge(boolean smaller) {
        Tally common = Tally.ZERO.plus(A, 1, 5, BORN);
        Tally again = common.removed(B, 1, REMOVED).plus(B, 2, 3, REMOVED + 10);
        Tally adding = common.plus(A, 2, 7, REMOVED + 50);

        Tally joined = joined(smaller, again, adding);

        assertEquals(3, joined.value());
        assertEquals(again.life(), joined.life());
        Known stale = new Known(A, 12, REMOVED + 50, 12, common.life());
        assertEquals(
                3,
                joined.restored(Part.known(A, 12, 2, stale.at()), stale.shown(), stale.life())
                        .value());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void livesThatTwoSidesBeganApartBecomeOne(boolean smaller) {
        Tally one = Tally.ZERO.plus(A, 1, 5, BORN), other = Tally.ZERO.plus(B, 1, 7, BORN + 100);

        Tally joined = joined(smaller, one, other);

        assertEquals(12, joined.value());
        assertEquals(BORN, joined.life().born());
        Known known = new Known(B, 7, BORN + 100, 7, other.life());
        assertEquals(
                12,
                joined.restored(Part.known(B, 7, 1, known.at()), known.shown(), known.life())
                        .value());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothSidesMayRemoveAndBeginAgain(boolean smaller) {
        Tally common = Tally.ZERO.plus(A, 1, 5, BORN);
        Tally one = common.removed(A, 2, REMOVED).plus(A, 3, 2, REMOVED + 30);
        Tally other = common.removed(B, 1, REMOVED + 10).plus(B, 2, 4, REMOVED + 20);

        assertEquals(6, joined(smaller, one, other).value());
    }

    @Test
    void aMemberThatKnowsOfTheRemovalEndsAStaleTally() {
        entry.setValue(Tally.ZERO.plus(A, 1, 5, BORN));
        Known known = Known.NOTHING.withShown(new Reading(0, new Life(0, REMOVED, BORN)));

        assertEquals(0, add(known.asOf(REMOVED, B), 1, 0, REMOVED).value());
        assertTrue(stored().life().isOver());
    }
}
