// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/**
 * The life of a counter. It begins with the first increment and ends when the counter is removed; the next increment begins another.
 * Each life has its own beginning, by which clients and members tell it from others. The two sides of a split may begin lives of one
 * counter apart; these become one, unless a removal was between them.
 *
 * @param born when it began, in epoch milliseconds; 0 if the counter does not live
 * @param removed when the counter was last removed; lives that began by then are over; 0 if that is unknown
 * @param former the beginning of the life that this removal ended; 0 if that is unknown
 */
record Life(long born, long removed, long former) {
    static final Life NONE = new Life(0, 0, 0);

    /** Whether the counter was removed and has not begun again, or this is a life before that removal. */
    boolean isOver() {
        return removed > 0 && born <= removed;
    }

    /** Whether that life is over, as far as is known here. */
    boolean ended(long birth) {
        return birth > 0 && birth <= removed;
    }

    /** This life, or one that begins now. */
    Life begun(long now) {
        return born > removed ? this : new Life(Math.max(now, removed + 1), removed, former);
    }

    /** The counter after its removal. */
    Life removed(long now) {
        return isOver() ? this : new Life(0, Math.max(Math.max(now, 1), born), born);
    }

    /** The life that both are part of. It is the same in either order. */
    Life and(Life other) {
        long cut = Math.max(removed, other.removed);
        long mine = born > cut ? born : 0, theirs = other.born > cut ? other.born : 0;
        long both = mine == 0 || theirs == 0 ? mine + theirs : Math.min(mine, theirs);
        long before = removed == other.removed
                ? Math.max(former, other.former)
                : removed > other.removed ? former : other.former;
        return new Life(both, cut, before);
    }

    /** Whether this life is part of that one, which it was joined to, and is not over. */
    boolean goesOnIn(Life joined) {
        return joined.removed == 0 || born > joined.removed;
    }
}
