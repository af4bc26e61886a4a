// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/**
 * The bounds of the registry.
 *
 * @param maxHeld the most waiters that are held at once; one more is refused
 * @param batch the number of waiters that one task of the executor releases
 */
public record WaiterLimits(int maxHeld, int batch) {

    public WaiterLimits {
        if (maxHeld < 1) throw new IllegalArgumentException("maxHeld must be at least 1, not " + maxHeld);
        if (batch < 1) throw new IllegalArgumentException("batch must be at least 1, not " + batch);
    }
}
