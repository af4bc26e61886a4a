// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** Somebody who is idle. */
@FunctionalInterface
interface Worker {
    /**
     * Performs a request: shows itself to whoever asks, and calls its caller from then on. False if it cannot, and has seen nothing of
     * the request; then it has called nobody.
     *
     * @param token says which of two for one request is the newer
     */
    boolean perform(Order order, long token, Asking asking);

    /** Whether what becomes of a request is told elsewhere than by it, under a {@link Lease}. */
    default boolean leases() {
        return false;
    }
}
