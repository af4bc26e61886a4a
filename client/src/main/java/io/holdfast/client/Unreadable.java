// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;

/** An answer that is not what Holdfast answers. */
final class Unreadable extends IOException {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
        super(message);
    }
}
