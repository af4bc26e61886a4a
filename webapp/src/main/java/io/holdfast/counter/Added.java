// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/**
 * The outcome of a batch.
 *
 * @param value the counter's value after the batch, or the value read
 * @param applied how many of its increments were applied: all, or as many as fit below {@link Long#MAX_VALUE}, or
 *     {@link #NO_ROOM}
 * @param mine how much the origin of the batch has added in all
 * @param life the life of the counter in which it has that value
 */
record Added(long value, long applied, long mine, Life life) {
    /** The counter would be a new one, and there are as many as there may be. */
    static final long NO_ROOM = -1;
}
