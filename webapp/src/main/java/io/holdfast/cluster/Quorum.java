// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

/**
 * How many members the cluster must have to write, so that at most one side of a split goes on.
 *
 * <p>That is a fixed number, or the majority of the cluster: of the members that are expected or of the most that were seen together,
 * whichever are more. A member that left in good order is no longer counted. One that was lost is, until another joins in its place.
 * Of two members, either goes on alone: two cannot tell a split from a loss.
 */
final class Quorum {
    private static final int PAIR = 2;

    private final int fixed;
    private volatile int expected;
    private volatile int seen; // written under the lock of this

    /**
     * A quorum.
     *
     * @param fixed the number; 0 for the majority
     * @param expected so many members are expected; 0 if nobody knows
     */
    Quorum(int fixed, int expected) {
        this.fixed = fixed;
        this.expected = expected;
    }

    /** The smallest cluster that writes. */
    int minimum() {
        if (fixed > 0) return fixed;
        int all = Math.max(expected, seen);
        return all <= PAIR ? 1 : all / 2 + 1;
    }

    /** How many members were seen together, less those that left in good order. */
    int seen() {
        return seen;
    }

    /** The members agree that so many are expected. */
    void expect(int members) {
        expected = members;
    }

    /** So many members are seen together. */
    synchronized void present(int members) {
        seen = Math.max(seen, members);
    }

    /** One of them leaves in good order, and so many stay. */
    synchronized void left(int stay) {
        seen = Math.max(seen - 1, stay);
    }
}
