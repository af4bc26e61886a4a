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

/** The answers to the clients of one counter, and a check that all can be true. Safe from any thread. */
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
    private final Refusals refusals = new Refusals();

    Ledger(String name) {
        this.name = name;
    }

    /** The greatest acknowledged value so far. An increment that begins now must end with more, and a read with no less. */
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

    /** Notes an acknowledged increment. The floor is the greatest value when the answered try began. */
    void acknowledged(long value, long floor, Stall stall) {
        acknowledged.increment();
        longestStall.accumulateAndGet(stall, Stall::longer);
        if (!values.add(value)) fault("two increments were both acknowledged as " + value);
        if (value <= floor) fault("an increment begun after " + floor + " was acknowledged as " + value);
        greatest.accumulateAndGet(value, Math::max);
    }

    /** Forgets the stalls so far, which new processes and connections have caused. */
    void warm() {
        longestStall.set(new Stall(Duration.ZERO, ""));
    }

    /** Notes an increment that may or may not have been applied. */
    void unknown() {
        unknown.increment();
    }

    /** Notes a refused increment that was not applied. */
    void refused() {
        refused.increment();
    }

    /**
     * Notes the answer to a client that knew {@code last}.
     *
     * @param overdue how long after its deadline, in {@link OwnTime}; less than zero before the deadline
     */
    void released(long last, long value, Duration overdue) {
        released.increment();
        overdue(overdue);
        if (value < last) fault("a client that knew " + last + " was told " + value);
        if (value == last) fault("a client that knew " + last + " was told so again");
    }

    /** Notes that a client learned of no new value. */
    void nothingNew(Duration overdue) {
        nothingNew.increment();
        overdue(overdue);
    }

    /** Notes an immediate answer. The floor is the greatest value that any client knew when this one asked. */
    void read(long floor, long value) {
        plainReads.increment();
        if (value < floor) fault("a plain read begun after " + floor + " gave " + value);
    }

    /** Notes a client that got an error and will retry. */
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

    /** The refusals of these clients. */
    Refusals refusals() {
        return refusals;
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

    /** Checks that no two answers contradict each other, and that no client was left waiting. */
    void check(Duration mostStall) {
        assertEquals(0, faultCount.sum(), () -> this + " " + faults);
        assertTrue(acknowledgedCount() > 0 && reads() > 0, () -> "Nothing happened: " + this);
        assertTrue(longestOverdue.get() <= 5_000, () -> "A client was left hanging: " + this);
        assertTrue(
                longestStall().length.compareTo(mostStall) <= 0,
                () -> "A writer stalled for more than " + mostStall + ": " + this + " " + longestStall().story);
    }

    /** Checks that the resting counter has every acknowledged increment and no other than the unknown ones. */
    void checkFinal(long value) {
        assertTrue(
                value >= acknowledgedCount() && value <= acknowledgedCount() + unknownCount(),
                () -> "The counter stands at " + value + "; " + this);
    }
}
