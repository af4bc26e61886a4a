// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import org.jspecify.annotations.Nullable;

/** A handler declines a request that it has not begun, so that another worker may perform it. */
public final class DeclinedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Declines for that reason, a sentence. */
    public DeclinedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
