// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** It did not work for as long as it was to be tried. The message says what went wrong last. */
public final class GaveUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GaveUpException(String message) {
        super(message);
    }
}
