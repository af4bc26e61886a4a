// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.Map;
import java.util.Set;

/**
 * Whom a publication has reached.
 *
 * @param released how many held requests were answered because of it, by member
 * @param unknown the members that did not say in time
 */
record Reached(Map<String, Long> released, Set<String> unknown) {
    static final Reached NOT_ASKED = new Reached(Map.of(), Set.of());
}
