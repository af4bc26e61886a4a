// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** The server, or a rule of this client, refuses a request for good, so that a retry is of no use. The message gives the reason. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    /** A refusal with that HTTP status; 0 if this client refuses. */
    public RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status; 0 if this client refused an answer that is too long. */
    public int status() {
        return status;
    }
}
