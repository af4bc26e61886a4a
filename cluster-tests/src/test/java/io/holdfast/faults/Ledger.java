// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What the clients of one counter were told, and whether it can all be true. Safe from any thread. */
final class Ledger {
    private final String name;
    private final Set<Long> values = ConcurrentHashMap.newKeySet();
    private final AtomicLong greatest = new AtomicLong();
    private final LongAdder acknowledged = new LongAdder(), unknown = new LongAdder(), refused = new LongAdder();
    private final LongAdder released = new LongAdder(), nothingNew = new LongAdder(), failedReads = new LongAdder();
    private final LongAdder plainReads = new LongAdder();
    private final AtomicReference<Stall> longestStall = new AtomicReference<>(new Stall(Duration.ZERO, ""));
    private final LongAccumulator longestOverdue = new LongAccumulator(Math::max, Long.MIN_VALUE);
    private final LongAdder faultCount = new LongAdder();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    Ledger(String name) {
        this.name = name;
    }

    /** The greatest value acknowledged so far: whatever begins now must end with more, or be told no less. */
    long greatest() {
        return greatest.get();
    }

    /**
     * A writer that waited for the acknowledgement of its increment.
     *
     * @param length how long, in {@link OwnTime}
     * @param story each answer that it got instead, and when
     */
    record Stall(Duration length, String story) {

        static Stall longer(Stall a, Stall b) {
            return a.length.compareTo(b.length) >= 0 ? a : b;
        }
    }

    /** An increment was acknowledged, after that stall; that was the greatest when the answered try began. */
    void acknowledged(long value, long floor, Stall stall) {
        acknowledged.increment();
        longestStall.accumulateAndGet(stall, Stall::longer);
        if (!values.add(value)) fault("two increments were both acknowledged as " + value);
        if (value <= floor) fault("an increment begun after " + floor + " was acknowledged as " + value);
        greatest.accumulateAndGet(value, Math::max);
    }

    /** Forgets the stalls so far, those of processes and connections that were new. */
    void warm() {
        longestStall.set(new Stall(Duration.ZERO, ""));
    }

    /** An increment may or may not have been applied. */
    void unknown() {
        unknown.increment();
    }

    /** An increment was refused and said not to have been applied. */
    void refused() {
        refused.increment();
    }

    /**
     * A client that knew {@code last} was answered with this value.
     *
     * @param overdue how long after its deadline, in {@link OwnTime}; less than zero before the deadline
     */
    void released(long last, long value, Duration overdue) {
        released.increment();
        overdue(overdue);
        if (value < last) fault("a client that knew " + last + " was told " + value);
        if (value == last) fault("a client that knew " + last + " was told so again");
    }

    /** A client was told that there is nothing new. */
    void nothingNew(Duration overdue) {
        nothingNew.increment();
        overdue(overdue);
    }

    /** A client was told this value at once; that was the greatest it or anybody had been told when it asked. */
    void read(long floor, long value) {
        plainReads.increment();
        if (value < floor) fault("a plain read begun after " + floor + " gave " + value);
    }

    /** A client got an error, and comes again. */
    void failedRead(Duration overdue) {
        failedReads.increment();
        overdue(overdue);
    }

    private void overdue(Duration overdue) {
        longestOverdue.accumulate(overdue.toMillis());
    }

    void fault(String what) {
        faultCount.increment();
        if (faultCount.sum() <= 20) faults.add(what);
    }

    long acknowledgedCount() {
        return acknowledged.sum();
    }

    long unknownCount() {
        return unknown.sum();
    }

    long refusedCount() {
        return refused.sum();
    }

    long reads() {
        return released.sum() + nothingNew.sum() + plainReads.sum();
    }

    private Stall longestStall() {
        return Objects.requireNonNull(longestStall.get());
    }

    /** One line of figures. */
    @Override
    public String toString() {
        return name + ": acknowledged=" + acknowledged.sum() + " unknown=" + unknown.sum() + " refused=" + refused.sum()
                + " longest-stall-ms=" + longestStall().length.toMillis() + " released=" + released.sum()
                + " nothing-new="
                + nothingNew.sum() + " plain-reads=" + plainReads.sum() + " failed-reads=" + failedReads.sum()
                + " longest-past-deadline-ms=" + longestOverdue.get() + " faults=" + faultCount.sum();
    }

    /** Nothing that was told contradicts anything else, and nobody was left hanging. */
    void check(Duration mostStall) {
        assertEquals(0, faultCount.sum(), () -> this + " " + faults);
        assertTrue(acknowledgedCount() > 0 && reads() > 0, () -> "Nothing happened: " + this);
        assertTrue(longestOverdue.get() <= 5_000, () -> "A client was left hanging: " + this);
        assertTrue(
                longestStall().length.compareTo(mostStall) <= 0,
                () -> "A writer stalled for more than " + mostStall + ": " + this + " " + longestStall().story);
    }

    /** The counter, now at rest, has every acknowledged increment and none that was not asked for. */
    void checkFinal(long value) {
        assertTrue(
                value >= acknowledgedCount() && value <= acknowledgedCount() + unknownCount(),
                () -> "The counter stands at " + value + "; " + this);
    }
}
