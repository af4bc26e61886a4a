// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

/** Thrown if an instruction cannot be followed; the message says why, in the words of Pushpin. */
public final class InstructException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InstructException(String message) {
        super(message, null, false, false);
    }
}
