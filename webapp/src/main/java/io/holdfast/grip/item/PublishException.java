// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

/** Thrown where a publish request cannot be taken: nothing of it is published. The message is the line that is answered with 400. */
public final class PublishException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PublishException(String message) {
        super(message, null, false, false);
    }
}
