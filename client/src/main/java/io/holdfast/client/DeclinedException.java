// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import org.jspecify.annotations.Nullable;

/** A handler has not begun with what it was asked, and another worker may. The message says why. */
public final class DeclinedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** One with its reason and cause. */
    public DeclinedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
