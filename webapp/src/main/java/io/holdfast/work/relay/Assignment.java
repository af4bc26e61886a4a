// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

/**
 * A request that is given to a worker.
 *
 * @param token says which of two assignments of one request is the newer
 * @param secret with a lease, what only its worker knows; otherwise empty
 */
public record Assignment(Order order, long token, String secret) {

    /** An assignment without a lease. */
    public Assignment(Order order, long token) {
        this(order, token, "");
    }

    /** The token as a worker with a lease shows it. */
    public String proof() {
        return token + "-" + secret;
    }
}
