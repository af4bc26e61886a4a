// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/**
 * A snapshot of the registry.
 *
 * @param held clients held now
 * @param keys keys with at least one waiter
 * @param maxHeld the limit of {@code held}
 * @param draining whether new waiters are refused because the member is going down
 * @param own waits of the member itself, which no limit counts
 */
public record WaiterStats(int held, int keys, int maxHeld, boolean draining, int own) {

    /** Whether one more would be refused now. */
    public boolean isFull() {
        return draining || held >= maxHeld;
    }
}
