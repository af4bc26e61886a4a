// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The receipts for a publication.
 *
 * @param released how many held requests were answered because of it, by member
 * @param unknown the members that did not report in time
 */
public record Reached(Map<String, Long> released, Set<String> unknown) {
    static final Reached NOT_ASKED = new Reached(Map.of(), Set.of());

    /** A copy in which former members that have not reported count as unknown. */
    Reached orLost(Set<String> before) {
        Set<String> silent = new TreeSet<>(before);
        silent.removeAll(released.keySet());
        silent.addAll(unknown);
        return new Reached(released, silent);
    }
}
