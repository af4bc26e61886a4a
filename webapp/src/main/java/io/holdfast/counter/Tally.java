// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.Applied;
import io.holdfast.cluster.JoinPolicy.Joinable;
import io.holdfast.cluster.Records.Condition;
import io.holdfast.cluster.Records.Preview;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The stored value of one counter. It keeps how much each origin has added, so that the two sides of a split can be joined.
 *
 * <p>A member adds under one origin as long as it keeps adding. After a restart, or after {@link #RETIRED_MILLIS} without an
 * increment of the counter, it takes another origin. Only the origin adds to its own part, one batch after the other, and each batch
 * says how much the origin knows to have added before. It follows that:
 *
 * <ul>
 *   <li>Parts only grow, on either side of a split and whatever was lost there.
 *   <li>The join of two tallies is the greater of each part.
 *   <li>A batch that is sent twice is recognised by its number.
 * </ul>
 *
 * <p>Parts that have been unchanged for long are folded into the base, so that a tally does not grow with every restart. This
 * happens long after their origins were retired, so that no part is folded on one side of a split and added to on the other.
 *
 * <p>One side of a split may have lost parts altogether. Its members then lift the tally to the value that they have shown already,
 * so that no reader there sees it step back. The lift stands in for the missing parts, and shrinks as these come back.
 *
 * <p>A removal ends the {@linkplain Life life} of a counter. Its tally stays for {@link Applied#REPEATS_MILLIS}, empty, so that
 * members that know the former value do not restore it. Parts without a sum show which batches were applied before the removal.
 *
 * @param base the sum of the folded parts
 * @param foldedBefore parts last touched before this moment, in epoch milliseconds, are in the base
 * @param parts one for each origin
 * @param lift how much has been shown beyond the base and the parts
 * @param life the life that all of this belongs to
 */
record Tally(long base, long foldedBefore, List<Part> parts, long lift, Life life) implements Joinable<Tally> {
    static final Tally ZERO = new Tally(0, 0, List.of());

    /** A tally with more parts than this is folded. */
    static final int MANY_PARTS = 32;

    /** An origin that has not added to a counter for so long never does again; its member takes another origin. */
    static final long RETIRED_MILLIS = 15L * 24 * 60 * 60 * 1000;

    /**
     * A part untouched for so long is folded. Both sides of a split fold the same parts alike if the split, and the difference of the
     * members' clocks, are shorter than the time since the origin was retired.
     */
    static final long STILL_MILLIS = 2 * RETIRED_MILLIS;

    Tally {
        parts = List.copyOf(parts);
    }

    /** A tally without missing parts. */
    Tally(long base, long foldedBefore, List<Part> parts) {
        this(base, foldedBefore, parts, 0, Life.NONE);
    }

    /**
     * The part of one origin.
     *
     * @param origin the origin
     * @param sum how much it has added in all
     * @param batch the number of its newest batch
     * @param applied how many increments of that batch were applied
     * @param result the counter's value after that batch
     * @param touched the time of that batch, in epoch milliseconds
     */
    record Part(UUID origin, long sum, long batch, long applied, long result, long touched) {

        private static final Comparator<Part> BY_AGE = Comparator.comparingLong(Part::sum)
                .thenComparingLong(Part::batch)
                .thenComparingLong(Part::result);

        /**
         * An origin's knowledge of its own part: the sum of its batches up to this one, or zero if it knows of no outcome. A batch
         * among them that is still on its way comes too late.
         */
        static Part known(UUID origin, long sum, long batch, long touched) {
            return new Part(origin, sum, batch, 0, 0, touched);
        }

        /** The part after a removal: the batch is still recognised, and counts nothing. */
        Part emptied() {
            return sum == 0 ? this : new Part(origin, 0, batch, applied, result, touched);
        }

        static Part greater(Part a, Part b) {
            return BY_AGE.compare(a, b) >= 0 ? a : b;
        }
    }

    /** The value of a counter, for the sweep; 0 where there is none. */
    record Value() implements Preview<Tally, Reading> {

        @Override
        public Reading of(@Nullable Tally stored) {
            return stored == null ? new Reading(0, Life.NONE) : new Reading(stored.value(), stored.life());
        }
    }

    /**
     * Selects the counters that were removed.
     *
     * @param before only those that were removed before that time
     */
    record Removed(long before) implements Condition<Tally> {

        @Override
        public boolean matches(Tally stored) {
            return stored.life.isOver() && stored.life.removed() < before;
        }
    }

    /** Selects the counters that were last changed before that time and were not removed. */
    record Idle(long before) implements Condition<Tally> {

        @Override
        public boolean matches(Tally stored) {
            return !stored.life.isOver() && stored.changed() < before;
        }
    }

    /** The value of the counter. */
    long value() {
        return saturatedAdd(lift, counted());
    }

    private long counted() {
        long value = base;
        for (Part part : parts) value = saturatedAdd(value, part.sum());
        return value;
    }

    /** The outcome of the origin's newest batch, if that is this one or a later one. */
    Optional<Added> outcomeOf(UUID origin, long batch) {
        return find(origin)
                .filter(part -> part.batch() >= batch)
                .map(part ->
                        new Added(part.result(), part.batch() == batch ? part.applied() : 0, part.sum(), lifeOf(part)));
    }

    /** The life in which the newest batch of a part was applied. A part whose sum lacks that batch is from before the removal. */
    private Life lifeOf(Part part) {
        if (part.applied() == 0 || part.sum() > 0) return life;
        return new Life(part.touched() >= life.former() ? life.former() : 0, life.removed(), life.former());
    }

    /**
     * The tally with what an origin knows of it: this very one, unless something was lost.
     *
     * @param known the origin's knowledge of its part; it counts unless the part was folded since
     * @param shown the value that the tally must not be below
     * @param of the life that the origin knows; if it is over, nothing of it comes back
     */
    Tally restored(Part known, long shown, Life of) {
        Life joined = life.and(of);
        Tally whole = in(joined);
        return of.goesOnIn(joined) ? whole.restored(known, shown) : whole;
    }

    /** As {@link #restored(Part, long, Life)}, where the origin knows of no other life. */
    Tally restored(Part known, long shown) {
        long stored = find(known.origin()).map(Part::sum).orElse(0L);
        Tally whole = this;
        if (known.sum() > stored && known.touched() >= foldedBefore) {
            // The part was lost, and an earlier lift stood in for it too.
            Tally counted = with(known);
            whole = counted.lifted(Math.max(0, value() - counted.counted()));
        }
        long missing = shown - whole.value();
        return missing > 0 ? whole.lifted(saturatedAdd(whole.lift, missing)) : whole;
    }

    /** The tally with as many of the increments as fit below {@link Long#MAX_VALUE}. */
    Tally plus(UUID origin, long batch, long increments, long now) {
        Part before = find(origin).orElse(Part.known(origin, 0, 0, 0));
        long value = value();
        long applied = Math.min(increments, Long.MAX_VALUE - value);
        long touched = Math.max(before.touched(), now);
        Tally added = in(life.begun(now))
                .with(new Part(origin, before.sum() + applied, batch, applied, value + applied, touched));
        return added.parts.size() > MANY_PARTS ? added.foldedBefore(now - STILL_MILLIS) : added;
    }

    /** The tally without what it has counted. Batches of the last minutes are still recognised, and this one is. */
    Tally removed(UUID origin, long batch, long now) {
        Tally over = in(life.removed(now));
        List<Part> recent = over.parts.stream()
                .filter(part -> now - part.touched() < Applied.REPEATS_MILLIS)
                .toList();
        return new Tally(0, foldedBefore, recent, 0, over.life).with(new Part(origin, 0, batch, 0, 0, now));
    }

    /** The tally, of which that origin has just restored something: it counts as changed. */
    Tally touched(UUID origin, long batch, long now) {
        Part part = find(origin).orElse(Part.known(origin, 0, batch, now));
        return with(new Part(
                origin, part.sum(), part.batch(), part.applied(), part.result(), Math.max(part.touched(), now)));
    }

    /** When it was last incremented or removed, in epoch milliseconds, as far as is known. */
    long changed() {
        long newest = Math.max(foldedBefore, Math.max(life.born(), life.removed()));
        for (Part part : parts) newest = Math.max(newest, part.touched());
        return newest;
    }

    /** This tally as part of a life that it was joined to. If its own is over, nothing of it counts. */
    private Tally in(Life joined) {
        if (joined.equals(life)) return this;
        if (life.goesOnIn(joined)) return new Tally(base, foldedBefore, parts, lift, joined);
        return new Tally(0, foldedBefore, parts.stream().map(Part::emptied).toList(), 0, joined);
    }

    /** The join is commutative, and its value is never below that of either side, unless that side was removed at the other. */
    @Override
    public Tally joined(Tally other) {
        long cutoff = Math.max(foldedBefore, other.foldedBefore);
        Life both = life.and(other.life);
        Tally a = in(both).foldedBefore(cutoff), b = other.in(both).foldedBefore(cutoff);
        Tally joined = new Tally(Math.max(a.base, b.base), cutoff, a.parts, 0, both);
        for (Part part : b.parts)
            joined = joined.with(Part.greater(joined.find(part.origin()).orElse(part), part));
        return joined.lifted(Math.max(0, Math.max(a.value(), b.value()) - joined.counted()));
    }

    /** A tally of the same value, with every part that was last touched before the cutoff moved into the base. */
    Tally foldedBefore(long cutoff) {
        if (cutoff <= foldedBefore) return this;
        long folded = base;
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            if (part.touched() < cutoff) folded = saturatedAdd(folded, part.sum());
            else kept.add(part);
        }
        return new Tally(folded, cutoff, kept, lift, life);
    }

    private Optional<Part> find(UUID origin) {
        for (Part part : parts) if (part.origin().equals(origin)) return Optional.of(part);
        return Optional.empty();
    }

    private Tally with(Part changed) {
        List<Part> all = new ArrayList<>(parts);
        all.removeIf(part -> part.origin().equals(changed.origin()));
        all.add(changed);
        return new Tally(base, foldedBefore, all, lift, life);
    }

    private Tally lifted(long by) {
        return by == lift ? this : new Tally(base, foldedBefore, parts, by, life);
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum; // both are zero or more
    }
}
