// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.access.token.TokenKey;
import io.holdfast.http.HeldStream;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.PassedResponse;
import java.util.Optional;

/** The part of proxying that this room does. */
public interface Instructions {
    /** The longest instruction, in bytes; also the longest body of a request whose response may be one. */
    int MOST_BYTES = 100_000;

    /** The text for a client that must not know more. */
    String FAILED = "Error while proxying to origin.";

    /** The headers of a request to a backend that speak GRIP; a route may have an issuer and a key of its own. */
    Headers announcement(Optional<String> issuer, Optional<TokenKey> key);

    /** Whether a request with these headers comes from a proxy that follows instructions itself. */
    boolean isFromUpstream(Headers headers);

    /**
     * The head of a response that begins a stream, and is passed on however long it is. Empty if the response is an instruction as
     * a whole.
     */
    Optional<PassedResponse> beginning(Held held, int status, Headers headers);

    /** Continues a stream whose {@linkplain #beginning beginning} was passed on. */
    void goOn(Held held, int status, Headers headers, HeldStream begun);

    /** Carries out the instruction in a response: holds the request, or answers it. */
    void take(Held held, int status, Headers headers, byte[] body);
}
