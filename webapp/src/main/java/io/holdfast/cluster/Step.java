// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

/**
 * One change of a replicated record. A room has a sealed interface of its own for its steps; each kind of step is a record with a
 * {@linkplain RecordWire wire form}.
 */
public interface Step<V> {
    /**
     * The record after this step, or the same one if the step changes nothing. Must be pure, because it runs on the primary and on
     * each backup.
     *
     * @param now the time of the turn, in epoch milliseconds
     */
    V apply(V before, long now);

    /** Whether anybody may have asked for it, so that the part of the names and the memory that is kept is not for the step. */
    default boolean isOfAnybody() {
        return false;
    }
}
