// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

/** Thrown where JSON of the protocol is not as it must be; the message is what clients of Pushpin know. */
public final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Malformed(String message) {
        super(message, null, false, false);
    }
}
