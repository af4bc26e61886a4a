// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.io.IOException;

/** An answer, or an event of a stream, has more bytes than this client keeps. */
public final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;

    public TooLongException(String what, long limit) {
        super(what + " is longer than the " + limit + " bytes this client takes.");
    }
}
