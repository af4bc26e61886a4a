// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.JoinPolicy.Joinable;
import io.holdfast.cluster.StepStore.Rules;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a turn changes the record of an entry. */
@NullMarked
class TurnTest {
    private static final UUID ORIGIN = new UUID(1, 2), OTHER = new UUID(3, 4);

    /** Words, and the turns that have added them. */
    record Words(List<String> words, List<Done> done) implements Joinable<Words> {
        static final Words NONE = new Words(List.of(), List.of());

        @Override
        public Words joined(Words larger) {
            throw new UnsupportedOperationException("There is no split.");
        }

        Words with(String word) {
            List<String> all = new ArrayList<>(words);
            all.add(word);
            return new Words(all, done);
        }
    }

    record Done(UUID origin, long number, long time) implements Applied {}

    /** How many words a record had before and after a turn. */
    record Sizes(int before, int after) {}

    /** Adds a word, unless it is there. */
    record Add(String word) implements Step<Words> {

        @Override
        public Words apply(Words before, long now) {
            return before.words.contains(word) ? before : before.with(word);
        }
    }

    /** The answer is the number of words before and after. A turn of more than three words is closed by a full stop. */
    record Keeping() implements Rules<Words, Sizes> {

        @Override
        public Words none() {
            return Words.NONE;
        }

        @Override
        public boolean isApplied(Words value, UUID origin, long number) {
            return Applied.contains(value.done, origin, number);
        }

        @Override
        public Words applied(Words value, UUID origin, long number, long now) {
            return new Words(value.words, Applied.with(value.done, new Done(origin, number, now)));
        }

        @Override
        public Words settled(Words value, long now) {
            return value.words.size() > 3 && !value.words.contains(".") ? value.with(".") : value;
        }

        @Override
        public Sizes answer(Words before, Words after, List<Step<Words>> steps) {
            return new Sizes(before.words.size(), after.words.size());
        }
    }

    private final Entry<String, @Nullable Words> entry = new SimpleEntry<>("key", null);

    private Turn.Outcome<Sizes> turn(UUID origin, long number, boolean mayCreate, String... words) {
        List<Step<Words>> steps = new ArrayList<>();
        for (String word : words) steps.add(new Add(word));
        return new Turn<>(origin, number, 100, mayCreate, new Keeping(), steps).process(entry);
    }

    private List<String> words() {
        Words stored = entry.getValue();
        return stored == null ? List.of() : stored.words;
    }

    @Test
    void theStepsOfATurnAreAppliedInTheirOrder() {
        assertEquals(new Turn.Outcome<>(false, new Sizes(0, 2)), turn(ORIGIN, 1, true, "a", "b"));
        assertEquals(new Turn.Outcome<>(false, new Sizes(2, 3)), turn(ORIGIN, 2, true, "c"));
        assertEquals(List.of("a", "b", "c"), words());
    }

    @Test
    void aTurnThatIsRepeatedIsAppliedOnceAndAnsweredAsIfAllOfTheRecordWereNew() {
        turn(ORIGIN, 1, true, "a");
        turn(OTHER, 1, true, "b");

        assertEquals(new Sizes(0, 2), turn(ORIGIN, 1, true, "c").answer());
        assertEquals(List.of("a", "b"), words());
        assertEquals(new Sizes(2, 3), turn(ORIGIN, 2, true, "c").answer());
        assertEquals(new Sizes(0, 3), turn(ORIGIN, 1, true, "d").answer(), "an older one comes too late");
    }

    @Test
    void aTurnThatChangesNothingIsNotStored() {
        turn(ORIGIN, 1, true, "a");
        Words stored = entry.getValue();

        assertEquals(new Sizes(1, 1), turn(ORIGIN, 2, true, "a").answer());
        assertSame(stored, entry.getValue());
        entry.setValue(null);
        assertEquals(new Sizes(0, 0), turn(ORIGIN, 3, true).answer());
        assertNull(entry.getValue());
    }

    @Test
    void aRecordIsCreatedOnlyWhereThereIsRoom() {
        assertEquals(new Turn.Outcome<>(true, null), turn(ORIGIN, 1, false, "a"));
        assertNull(entry.getValue());
        assertEquals(new Sizes(0, 0), turn(ORIGIN, 1, false).answer(), "nothing would be created");
        turn(ORIGIN, 1, true, "a");
        assertEquals(new Sizes(1, 2), turn(ORIGIN, 2, false, "b").answer(), "it exists");
    }

    @Test
    void theRulesSettleTheRecordAfterTheSteps() {
        assertEquals(new Sizes(0, 5), turn(ORIGIN, 1, true, "a", "b", "c", "d").answer());
        assertTrue(words().contains("."));
    }

    @Test
    void turnsThatCannotBeRepeatedAnyMoreAreForgotten() {
        long later = 100 + Applied.REPEATS_MILLIS;
        List<Done> old = Applied.with(List.of(), new Done(ORIGIN, 7, 100));

        assertEquals(2, Applied.with(old, new Done(OTHER, 1, later - 1)).size());
        assertEquals(List.of(new Done(OTHER, 1, later)), Applied.with(old, new Done(OTHER, 1, later)));
        assertEquals(List.of(new Done(ORIGIN, 8, 101)), Applied.with(old, new Done(ORIGIN, 8, 101)));
    }

    @Test
    void theNewestTurnOfEachOriginIsKeptWhenSidesAreJoined() {
        List<Done> one = List.of(new Done(ORIGIN, 1, 10), new Done(OTHER, 5, 30)),
                other = List.of(new Done(ORIGIN, 2, 20), new Done(OTHER, 4, 40));

        List<Done> joined = List.of(new Done(ORIGIN, 2, 20), new Done(OTHER, 5, 30));
        assertEquals(joined, Applied.joined(one, other));
        assertEquals(joined, Applied.joined(other, one));
        assertEquals(30, Applied.latest(one));
        assertEquals(0, Applied.latest(List.of()));
    }
}
