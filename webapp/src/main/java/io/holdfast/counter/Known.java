// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/**
 * What a member knows of a counter, and says with each batch.
 *
 * @param sum how much it has added itself
 * @param at the time of the last batch of which it knows, in epoch milliseconds
 * @param shown the greatest value it has shown or heard of
 */
record Known(long sum, long at, long shown) {
    static final Known NOTHING = new Known(0, 0, 0);

    /** What is known when a batch has led to this. Its sum is the newer one, even if smaller: the one before was folded. */
    Known after(Added added, long now) {
        boolean grown = added.applied() > 0;
        return new Known(grown ? added.mine() : sum, grown ? now : at, Math.max(shown, added.value()));
    }

    /** What is known when another member has shown this value. */
    Known shown(long value) {
        return new Known(sum, at, Math.max(shown, value));
    }
}
