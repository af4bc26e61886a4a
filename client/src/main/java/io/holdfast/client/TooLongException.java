// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;

/** An answer, or an event of a stream, has more bytes than may be kept of it. */
final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;

    TooLongException(String what, long limit) {
        super(what + " is longer than the " + limit + " bytes this client takes.");
    }
}
