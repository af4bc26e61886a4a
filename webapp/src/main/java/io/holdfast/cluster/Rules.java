// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.util.List;
import java.util.UUID;

/**
 * How a room keeps its replicated records. A record itself, with a {@linkplain RecordWire wire form}, because it travels with each
 * turn. All of it must be pure.
 *
 * @param <V> the replicated records
 * @param <A> the answers of turns: records with a wire form
 */
public interface Rules<V, A> {
    /** The record before its first step. It is stored only if a step changes it. */
    V none();

    /** Whether the record shows that this turn, or a later one of the same origin, was applied to it. */
    default boolean isApplied(V value, UUID origin, long number) {
        return false;
    }

    /** The record that shows that this turn was applied. A room whose steps may be repeated needs no such sign. */
    default V applied(V value, UUID origin, long number, long now) {
        return value;
    }

    /** The record with what follows from the steps of a turn by itself. */
    default V settled(V value, long now) {
        return value;
    }

    /**
     * The answer of a turn.
     *
     * @param before the record before the turn; {@link #none()} if it is repeated, as its first answer may be lost
     */
    A answer(V before, V after, List<Step<V>> steps);
}
