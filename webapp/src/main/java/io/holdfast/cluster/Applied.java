// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The newest turn of one origin that was applied to a replicated record. The record keeps one for each origin, so that a turn that is
 * sent twice is applied once.
 */
public interface Applied {
    /** How long an origin may repeat a turn: longer than any request waits for the cluster. */
    long REPEATS_MILLIS = 10 * 60_000;

    /**
     * How long a turn may be repeated if its members go on running: a batch without an answer is sent again twice a second. One that is
     * repeated later than that has an effect that the sweeps remove.
     */
    long USUAL_REPEATS_MILLIS = 5_000;

    /** The store that sent the turn. */
    UUID origin();

    /** Its number, growing by origin. */
    long number();

    /** When it was applied, in epoch milliseconds. */
    long time();

    /** Whether this turn, or a later one of the same origin, is among them. */
    static boolean contains(List<? extends Applied> all, UUID origin, long number) {
        return all.stream().anyMatch(one -> one.origin().equals(origin) && one.number() >= number);
    }

    /** All with this one in place of the one before it, and without those that nobody repeats any more. */
    static <T extends Applied> List<T> with(List<T> all, T newest) {
        List<T> kept = new ArrayList<>();
        for (T one : all)
            if (!one.origin().equals(newest.origin()) && one.time() > newest.time() - REPEATS_MILLIS) kept.add(one);
        kept.add(newest);
        return List.copyOf(kept);
    }

    /** The newest of each origin on either side of a split. */
    static <T extends Applied> List<T> joined(List<T> some, List<T> more) {
        Map<UUID, T> all = new LinkedHashMap<>();
        for (List<T> side : List.of(some, more))
            for (T one : side) all.merge(one.origin(), one, (a, b) -> a.number() >= b.number() ? a : b);
        return List.copyOf(all.values());
    }

    /** When the newest of them was applied; 0 if there is none. */
    static long latest(List<? extends Applied> all) {
        return all.stream().mapToLong(Applied::time).max().orElse(0);
    }
}
