// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/** How a waiter can end. */
public enum Ending {
    /** The key moved past what the waiter had seen. */
    RELEASED,
    /** The deadline came first. */
    TIMED_OUT,
    /** The client left, or turned out to have left when it was written to. */
    GONE,
    /** There was no room for it, or holds are no longer taken: it was never held. */
    REFUSED,
    /** The server is going down or was asked to let go; the client should come back, to another member. */
    DRAINED
}
