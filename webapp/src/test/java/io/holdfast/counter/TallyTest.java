// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counter.Tally.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules of a counter's stored value, over thousands of generated histories. */
class TallyTest {
    private static final int HISTORIES = 1_000;
    private static final long DAY = 24L * 60 * 60 * 1000, SPLIT = 20_000 * DAY;
    private static final UUID ORIGIN = new UUID(1, 1), OTHER = new UUID(2, 2);
    private static final Life SINCE_9 = new Life(9, 0, 0), SINCE_10 = new Life(10, 0, 0);

    /**
     * A cluster that splits into sides for a day. Members join and leave. Each adds as the origin that its knowledge allows, and some
     * are idle for weeks and then add again, on whichever side they are.
     */
    private static final class History {
        private static final int SIDES = 3;

        private final Random random;
        private final Tally common;
        private final long commonSum;
        private final List<Known> members = new ArrayList<>();
        private int origins;
        private long batches;
        private long added;
        private int side = -1;

        History(long seed) {
            random = new Random(seed);
            Tally tally = Tally.ZERO;
            long now = SPLIT - 100 * DAY;
            for (int steps = random.nextInt(120); steps > 0; steps--) {
                now += random.nextInt((int) (DAY * 3 / 2));
                tally = step(tally, Math.min(now, SPLIT));
            }
            common = tally;
            commonSum = added;
        }

        /** Increments by a member that is new, by the newest, or by any that is on this side. */
        private Tally step(Tally tally, long now) {
            int choice = random.nextInt(4);
            int member = choice == 0 ? members.size() : members.size() - 1 - (choice == 1 ? random.nextInt(40) : 0);
            if (member < 0 || (side >= 0 && member % SIDES != side)) member = members.size();
            while (side >= 0 && member % SIDES != side) {
                members.add(Known.NOTHING);
                member++;
            }
            if (member == members.size()) members.add(Known.NOTHING);
            Known known = members.get(member).asOf(now, new UUID(7, origins++));
            long batch = ++batches, increments = 1L + random.nextInt(50);
            added += increments;
            Tally after = tally.restored(Part.known(known.origin(), known.sum(), batch - 1, known.at()), 0)
                    .plus(known.origin(), batch, increments, now);
            Added outcome = after.outcomeOf(known.origin(), batch).orElseThrow();
            members.set(member, known.after(outcome, known.origin(), now));
            return after;
        }

        /** One side after the split, folded now and then as {@code plus} does it, and sometimes with fewer parts. */
        Tally side() {
            Tally tally = common;
            side++;
            long now = SPLIT;
            for (int steps = random.nextInt(60); steps > 0; steps--) {
                now += random.nextInt((int) (DAY / 60));
                tally = step(tally, now);
                if (random.nextInt(20) == 0)
                    tally = tally.foldedBefore(now - Tally.STILL_MILLIS - random.nextInt(10) * DAY);
            }
            return tally;
        }
    }

    /** A batch of an origin that knows of itself only the stored part. */
    private static Tally plus(Tally tally, UUID origin, long batch, long increments, long now) {
        return tally.plus(origin, batch, increments, now);
    }

    private static void sameCounter(Tally expected, Tally found) {
        assertEquals(expected.value(), found.value());
        assertEquals(expected.base(), found.base());
        assertEquals(expected.foldedBefore(), found.foldedBefore());
        assertEquals(expected.life(), found.life());
        assertEquals(Set.copyOf(expected.parts()), Set.copyOf(found.parts()));
    }

    @Test
    void joiningIsCommutativeAndIdempotentAndNeverBelowEitherSide() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            Tally a = history.side(), b = history.side();

            Tally joined = a.joined(b);

            sameCounter(joined, b.joined(a));
            sameCounter(a, a.joined(a));
            sameCounter(joined, joined.joined(a));
            sameCounter(joined, joined.joined(b));
            assertTrue(joined.value() >= a.value() && joined.value() >= b.value(), "seed " + seed);
        }
    }

    @Test
    void joiningIsAssociative() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            Tally a = history.side(), b = history.side(), c = history.side();

            sameCounter(a.joined(b).joined(c), a.joined(b.joined(c)));
        }
    }

    @Test
    void joiningLosesNoIncrementAndCountsNoneTwiceHoweverTheSidesHaveFolded() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            Tally a = history.side(), b = history.side();

            assertEquals(history.added, a.joined(b).value(), "seed " + seed);
            assertEquals(history.commonSum, history.common.value(), "seed " + seed);
        }
    }

    @Test
    void anOriginThatComesBackOnOneSideOfAShortSplitIsNotCountedTwiceWhereTheOtherHasFoldedIt() {
        Known idle = Known.NOTHING.after(
                new Added(100, 100, 100, new Life(SPLIT - 30 * DAY, 0, 0)), ORIGIN, SPLIT - 30 * DAY);
        Tally common = plus(Tally.ZERO, ORIGIN, 1, 100, SPLIT - 30 * DAY);
        for (int i = 0; i < Tally.MANY_PARTS - 1; i++) common = plus(common, new UUID(8, i), 1, 1, SPLIT);

        Tally folding = plus(common, new UUID(9, 1), 1, 1, SPLIT + 1);
        assertEquals(100, folding.base());
        Known back = idle.asOf(SPLIT + 2, OTHER);
        Tally adding = common.restored(Part.known(back.origin(), back.sum(), 1, back.at()), back.shown())
                .plus(back.origin(), 2, 1, SPLIT + 2);

        assertEquals(133, folding.joined(adding).value());
        assertEquals(133, adding.joined(folding).value());
    }

    @Test
    void foldingKeepsTheValue() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            Tally tally = new History(seed).side();
            for (long cutoff = SPLIT - 120 * DAY; cutoff < SPLIT + 2 * DAY; cutoff += 17 * DAY)
                assertEquals(tally.value(), tally.foldedBefore(cutoff).value(), "seed " + seed);
        }
    }

    @Test
    void foldingTwiceIsFoldingOnceAndNeverBack() {
        Tally tally = plus(plus(Tally.ZERO, ORIGIN, 1, 5, 10), OTHER, 1, 6, 30);

        Tally folded = tally.foldedBefore(20);

        assertEquals(new Tally(5, 20, List.of(new Part(OTHER, 6, 1, 6, 11, 30)), 0, SINCE_10), folded);
        assertSame(folded, folded.foldedBefore(20));
        assertSame(folded, folded.foldedBefore(10));
    }

    @Test
    void partsThatHaveBeenStillForLongAreFoldedOnceThereAreMany() {
        Tally tally = Tally.ZERO;
        for (int i = 0; i < 10 * Tally.MANY_PARTS; i++) tally = plus(tally, new UUID(0, i), 1, 1, i * DAY);

        assertEquals(10 * Tally.MANY_PARTS, tally.value());
        assertTrue(tally.parts().size() <= Tally.MANY_PARTS + 1, tally.parts().size() + " parts");
    }

    @Test
    void partsThatAreInUseAreNotFoldedHoweverManyTheyAre() {
        Tally tally = Tally.ZERO;
        for (int i = 0; i < 2 * Tally.MANY_PARTS; i++) tally = plus(tally, new UUID(0, i), 1, 1, 100 * DAY + i);

        assertEquals(2 * Tally.MANY_PARTS, tally.parts().size());
    }

    @Test
    void aBatchIsRecognisedWhenItComesAgain() {
        Tally tally = plus(plus(plus(Tally.ZERO, ORIGIN, 1, 3, 10), OTHER, 1, 4, 11), ORIGIN, 2, 5, 12);

        assertEquals(Optional.of(new Added(12, 5, 8, SINCE_10)), tally.outcomeOf(ORIGIN, 2));
        assertEquals(Optional.of(new Added(7, 4, 4, SINCE_10)), tally.outcomeOf(OTHER, 1));
        assertEquals(
                Optional.of(new Added(12, 0, 8, SINCE_10)),
                tally.outcomeOf(ORIGIN, 1),
                "overtaken: known, its share is not");
        assertEquals(Optional.empty(), tally.outcomeOf(ORIGIN, 3));
        assertEquals(Optional.empty(), tally.outcomeOf(new UUID(3, 3), 1));
    }

    @Test
    void aBatchThatIsAppliedManyTimesCountsOnce() {
        Map<UUID, Tally> stored = new HashMap<>();
        AddToTally command = new AddToTally(new Known(ORIGIN, 0, 0, 0, Life.NONE), 1, 3, 10, true);
        for (int i = 0; i < 3; i++) assertEquals(new Added(3, 3, 3, SINCE_10), command.process(new OneEntry(stored)));

        assertEquals(3, stored.get(ORIGIN).value());
    }

    @Test
    void aBatchThatComesOnceMoreAfterItsCounterWasLostAndRestoredByAReadIsNotAppliedAgain() {
        Map<UUID, Tally> stored = new HashMap<>();
        stored.put(ORIGIN, plus(Tally.ZERO, ORIGIN, 6, 10, 9));
        AddToTally seventh = new AddToTally(new Known(ORIGIN, 10, 9, 10, SINCE_9), 7, 3, 10, true);
        assertEquals(new Added(13, 3, 13, SINCE_9), seventh.process(new OneEntry(stored)));

        stored.clear();
        AddToTally read = new AddToTally(new Known(ORIGIN, 13, 10, 13, SINCE_9), 8, 0, 11, true);
        assertEquals(new Added(13, 0, 0, SINCE_9), read.process(new OneEntry(stored)));
        seventh.process(new OneEntry(stored));

        assertEquals(13, stored.get(ORIGIN).value());
        AddToTally next = new AddToTally(new Known(ORIGIN, 13, 10, 13, SINCE_9), 9, 2, 12, true);
        assertEquals(new Added(15, 2, 15, SINCE_9), next.process(new OneEntry(stored)));
        assertEquals(new Added(15, 2, 15, SINCE_9), next.process(new OneEntry(stored)));
    }

    @Test
    void aBatchIsAppliedWhereItsOwnFirstAttemptWasLostWithTheCounter() {
        Map<UUID, Tally> stored = new HashMap<>();
        AddToTally seventh = new AddToTally(new Known(ORIGIN, 10, 9, 10, SINCE_9), 7, 3, 10, true);
        seventh.process(new OneEntry(stored));

        stored.clear();

        assertEquals(new Added(13, 3, 13, SINCE_9), seventh.process(new OneEntry(stored)));
        assertEquals(13, stored.get(ORIGIN).value());
    }

    @Test
    void aBatchOfNothingReadsAndStoresNothing() {
        Map<UUID, Tally> stored = new HashMap<>();

        assertEquals(
                new Added(0, 0, 0, Life.NONE),
                new AddToTally(new Known(ORIGIN, 0, 0, 0, Life.NONE), 1, 0, 10, true).process(new OneEntry(stored)));
        assertTrue(stored.isEmpty());
    }

    @Test
    void aNewCounterIsRefusedWhereNoneMayBeCreatedAndAnOldOneIsNot() {
        Map<UUID, Tally> stored = new HashMap<>();
        AddToTally command = new AddToTally(new Known(ORIGIN, 0, 0, 0, Life.NONE), 1, 1, 10, false);

        assertEquals(new Added(0, Added.NO_ROOM, 0, Life.NONE), command.process(new OneEntry(stored)));
        assertTrue(stored.isEmpty());
        stored.put(ORIGIN, plus(Tally.ZERO, OTHER, 1, 4, 5));
        assertEquals(new Added(5, 1, 1, new Life(5, 0, 0)), command.process(new OneEntry(stored)));
    }

    @Test
    void onlyAsManyIncrementsAsFitAreApplied() {
        Tally nearlyFull = new Tally(Long.MAX_VALUE - 2, 0, List.of());

        Tally full = plus(nearlyFull, ORIGIN, 1, 5, 10);
        Tally still = plus(full, OTHER, 1, 1, 11);

        assertEquals(Long.MAX_VALUE, full.value());
        assertEquals(Optional.of(new Added(Long.MAX_VALUE, 2, 2, SINCE_10)), full.outcomeOf(ORIGIN, 1));
        assertEquals(Long.MAX_VALUE, still.value());
        assertEquals(Optional.of(new Added(Long.MAX_VALUE, 0, 0, SINCE_10)), still.outcomeOf(OTHER, 1));
    }

    @Test
    void sidesThatTogetherExceedTheGreatestValueStopThere() {
        Tally base = new Tally(Long.MAX_VALUE - 10, 0, List.of());

        Tally joined = plus(base, ORIGIN, 1, 8, 10).joined(plus(base, OTHER, 1, 9, 10));

        assertEquals(Long.MAX_VALUE, joined.value());
        assertEquals(Long.MAX_VALUE, joined.foldedBefore(20).value());
    }

    @Test
    void aClockThatIsSetBackDoesNotMakeAPartLookOld() {
        Tally tally = plus(plus(Tally.ZERO, ORIGIN, 1, 1, 100), ORIGIN, 2, 1, 50);

        assertEquals(100, tally.parts().get(0).touched());
    }

    @Test
    void aLostPartIsRestoredFromTheKnowledgeOfItsOrigin() {
        Tally lost = plus(Tally.ZERO, OTHER, 1, 4, 11);

        Tally restored = lost.restored(Part.known(ORIGIN, 10, 1, 9), 0).plus(ORIGIN, 3, 2, 12);

        assertEquals(16, restored.value());
        assertEquals(Optional.of(new Added(16, 2, 12, new Life(11, 0, 0))), restored.outcomeOf(ORIGIN, 3));
        assertEquals(16, restored.joined(lost).value());
    }

    @Test
    void aStoredPartCountsIfItsOriginKnowsLess() {
        Tally tally = plus(Tally.ZERO, ORIGIN, 1, 10, 9);

        assertEquals(
                12,
                tally.restored(Part.known(ORIGIN, 3, 1, 5), 0)
                        .plus(ORIGIN, 2, 2, 12)
                        .value());
    }

    @Test
    void aFoldedPartIsNotCountedAgainFromTheKnowledgeOfItsOrigin() {
        Tally folded = plus(Tally.ZERO, ORIGIN, 1, 10, 9).foldedBefore(20);

        assertEquals(
                12,
                folded.restored(Part.known(ORIGIN, 10, 1, 9), 0)
                        .plus(ORIGIN, 2, 2, 30)
                        .value());
    }

    @Test
    void thePartsOfATallyCannotBeChangedFromOutside() {
        List<Part> parts = new ArrayList<>(List.of(new Part(ORIGIN, 1, 1, 1, 1, 1)));
        Tally tally = new Tally(0, 0, parts);

        parts.clear();

        assertEquals(1, tally.value());
        assertEquals(1, new HashSet<>(tally.parts()).size());
    }

    /** The entry of a map with one key, as an entry processor sees it. */
    private record OneEntry(Map<UUID, Tally> stored) implements Map.Entry<String, Tally> {

        @Override
        public String getKey() {
            return "counter";
        }

        @Override
        @SuppressWarnings("NullAway")
        public Tally getValue() {
            return stored.get(ORIGIN);
        }

        @Override
        @SuppressWarnings("NullAway")
        public Tally setValue(Tally value) {
            return stored.put(ORIGIN, value);
        }
    }
}
