// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.Joinable;
import io.holdfast.cluster.Preview;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The stored value of one counter: how much each origin has added, so that two sides of a split can be joined.
 *
 * <p>An origin is one member for as long as it keeps adding; after a restart, or after {@link #RETIRED_MILLIS} without an increment
 * of the counter, it goes on as another. Only the origin adds to its own part, one batch after the other, and it says each time how much
 * it knows to have added before. So parts only grow, on whichever side of a split and whatever was lost there; the join of two
 * tallies is the greater of each part; and a batch that is sent twice is recognised by its number. Parts that have long been
 * still are folded into the base, so that a tally does not grow with every restart: long after their origins were retired, so that
 * no part is folded on one side of a split and added to on the other.
 *
 * <p>A side of a split may have lost the parts of others altogether. Its members then lift the tally to what they have shown
 * already, so that nobody there sees it step back. The lift stands for parts that are missing: it goes as they come back.
 *
 * @param base what was folded
 * @param foldedBefore parts last touched before this moment, in epoch milliseconds, are in the base
 * @param parts by origin
 * @param lift what is missing from the parts of what has been shown
 */
record Tally(long base, long foldedBefore, List<Part> parts, long lift) implements Joinable<Tally> {
    static final Tally ZERO = new Tally(0, 0, List.of());

    /** Folding begins when there are more parts than this. */
    static final int MANY_PARTS = 32;

    /** An origin that has not added to a counter for so long does not add to it any more; its member goes on as another. */
    static final long RETIRED_MILLIS = 15L * 24 * 60 * 60 * 1000;

    /**
     * A part untouched for so long is folded. A split, and what the members' clocks are apart, must not exceed the time since it was
     * retired: then both sides fold the same parts alike.
     */
    static final long STILL_MILLIS = 2 * RETIRED_MILLIS;

    Tally {
        parts = List.copyOf(parts);
    }

    /** A tally of which nothing is missing. */
    Tally(long base, long foldedBefore, List<Part> parts) {
        this(base, foldedBefore, parts, 0);
    }

    /**
     * What one origin has added.
     *
     * @param origin who
     * @param sum how much in all
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
         * What an origin knows of its own part: what its batches up to this one have added, or nothing where it knows of no
         * outcome. Whichever of them is still on its way is too late.
         */
        static Part known(UUID origin, long sum, long batch, long touched) {
            return new Part(origin, sum, batch, 0, 0, touched);
        }

        static Part greater(Part a, Part b) {
            return BY_AGE.compare(a, b) >= 0 ? a : b;
        }
    }

    /** The value of a counter, for the sweep; 0 where there is none. */
    record Value() implements Preview<Tally, Long> {

        @Override
        public Long of(@Nullable Tally stored) {
            return stored == null ? 0 : stored.value();
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

    /** What an origin's newest batch has led to, if it is this one or a later one. */
    Optional<Added> outcomeOf(UUID origin, long batch) {
        return find(origin)
                .filter(part -> part.batch() >= batch)
                .map(part -> new Added(part.result(), part.batch() == batch ? part.applied() : 0, part.sum()));
    }

    /**
     * The tally with what somebody knows who has seen it before: this very one unless something was lost.
     *
     * @param known what an origin knows to have added; it counts unless it was folded since
     * @param shown what the value must not be below
     */
    Tally restored(Part known, long shown) {
        long stored = find(known.origin()).map(Part::sum).orElse(0L);
        Tally whole = this;
        if (known.sum() > stored && known.touched() >= foldedBefore) {
            // The part was lost, and whatever was lifted before was lifted for it too.
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
        Tally added = with(new Part(origin, before.sum() + applied, batch, applied, value + applied, touched));
        return added.parts.size() > MANY_PARTS ? added.foldedBefore(now - STILL_MILLIS) : added;
    }

    /** The join of two sides' tallies: commutative, and never below either. */
    @Override
    public Tally joined(Tally other) {
        long cutoff = Math.max(foldedBefore, other.foldedBefore);
        Tally a = foldedBefore(cutoff), b = other.foldedBefore(cutoff);
        Tally joined = new Tally(Math.max(a.base, b.base), cutoff, a.parts);
        for (Part part : b.parts)
            joined = joined.with(Part.greater(joined.find(part.origin()).orElse(part), part));
        return joined.lifted(Math.max(0, Math.max(a.value(), b.value()) - joined.counted()));
    }

    /** The same value, with every part that was last touched before the cutoff moved into the base. */
    Tally foldedBefore(long cutoff) {
        if (cutoff <= foldedBefore) return this;
        long folded = base;
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            if (part.touched() < cutoff) folded = saturatedAdd(folded, part.sum());
            else kept.add(part);
        }
        return new Tally(folded, cutoff, kept, lift);
    }

    private Optional<Part> find(UUID origin) {
        for (Part part : parts) if (part.origin().equals(origin)) return Optional.of(part);
        return Optional.empty();
    }

    private Tally with(Part changed) {
        List<Part> all = new ArrayList<>(parts);
        all.removeIf(part -> part.origin().equals(changed.origin()));
        all.add(changed);
        return new Tally(base, foldedBefore, all, lift);
    }

    private Tally lifted(long by) {
        return by == lift ? this : new Tally(base, foldedBefore, parts, by);
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum; // both are zero or more
    }
}
