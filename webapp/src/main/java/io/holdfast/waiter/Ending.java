// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/** How a waiter can end. */
public enum Ending {
    /** The key moved past what the waiter had seen. */
    RELEASED,
    /** The deadline came first. */
    TIMED_OUT,
    /** The client left, or was found to have left when the response was written. */
    GONE,
    /** The registry was full or draining, and never held it. */
    REFUSED,
    /** The member is going down or was asked to end its holds; the client should return, to another member. */
    DRAINED
}
