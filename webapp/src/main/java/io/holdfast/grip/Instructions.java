// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.access.token.TokenKey;
import io.holdfast.http.Headers;
import io.holdfast.http.HeldStream;
import io.holdfast.http.PassedResponse;
import java.util.Optional;

/** What the proxy leaves to this room. */
public interface Instructions {
    /** A longer response is no instruction, nor is one to a request whose body is longer; in bytes. */
    int MOST_BYTES = 100_000;

    /** What a client is told where it is not to know more. */
    String FAILED = "Error while proxying to origin.";

    /** What a backend is told besides; the route may have an issuer and a key of its own. */
    Headers announcement(Optional<String> issuer, Optional<TokenKey> key);

    /** Whether a request with these headers comes from a proxy that follows instructions itself. */
    boolean isFromUpstream(Headers headers);

    /**
     * The head of a response that is passed on however long it is, because it is the beginning of a stream; empty where it is an
     * instruction as a whole.
     */
    Optional<PassedResponse> beginning(Held held, int status, Headers headers);

    /** Goes on with a stream of which the {@linkplain #beginning beginning} was passed on. */
    void goOn(Held held, int status, Headers headers, HeldStream begun);

    /** Does what the response says: holds the request, or answers it. */
    void take(Held held, int status, Headers headers, byte[] body);
}
