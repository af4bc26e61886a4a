// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

/** Thrown if a publish request is refused, and nothing of it published. The message is the body of the response with status 400. */
public final class PublishException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PublishException(String message) {
        super(message, null, false, false);
    }
}
