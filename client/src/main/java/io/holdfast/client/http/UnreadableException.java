// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.io.IOException;

/** An answer is not one of Holdfast: a proxy may have answered instead. A retry makes sense. */
public final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1;

    public UnreadableException(String message) {
        super(message);
    }
}
