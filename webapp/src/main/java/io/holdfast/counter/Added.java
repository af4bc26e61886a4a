// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/**
 * What a batch has led to.
 *
 * @param value the counter's value after it; for a batch of nothing, the value read
 * @param applied how many of its increments were applied: all, or those that fitted below {@link Long#MAX_VALUE}, or
 *     {@link #NO_ROOM}
 * @param mine how much the origin of the batch has added in all
 */
record Added(long value, long applied, long mine) {
    /** There are as many counters as there may be, and this would have been a new one. */
    static final long NO_ROOM = -1;
}
