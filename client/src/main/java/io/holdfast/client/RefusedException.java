// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** The server, or a rule of this client, said no in a way that repeating does not change. The message says why. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The refusal that an answer is. */
    static RefusedException of(Head head, byte[] body) {
        return new RefusedException(head.status(), Phrase.of(head, body));
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }
}
