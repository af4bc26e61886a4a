// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** No try has succeeded in the time that was allowed. The message gives the last failure. */
public final class GaveUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An end with that last failure. */
    public GaveUpException(String message) {
        super(message);
    }
}
