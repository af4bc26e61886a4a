// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.Wording;
import java.io.IOException;
import java.time.Duration;

/** An address cannot be used for now. */
final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Duration atLeast;
    private final boolean isTrouble;

    private UnavailableException(String message, Duration atLeast, boolean isTrouble) {
        super(message);
        this.atLeast = atLeast;
        this.isTrouble = isTrouble;
    }

    static UnavailableException of(String message) {
        return new UnavailableException(message, Duration.ZERO, true);
    }

    static UnavailableException of(IOException failure) {
        return of(Wording.of(failure));
    }

    /** The failure that an answer reports, with the pause that the server asks for. */
    static UnavailableException of(ResponseHead head, byte[] body, Transport transport) {
        return new UnavailableException(Wording.of(head, body), transport.retryAfter(head), true);
    }

    /** Another address is due, although nothing is wrong. */
    static UnavailableException draining() {
        return new UnavailableException("The member did not hold the request.", Duration.ZERO, false);
    }

    /** The least pause before the next try. */
    Duration atLeast() {
        return atLeast;
    }

    boolean isTrouble() {
        return isTrouble;
    }
}
