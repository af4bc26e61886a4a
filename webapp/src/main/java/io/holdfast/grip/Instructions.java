// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.http.HeldStream;
import io.holdfast.http.Relayed;
import java.util.List;
import java.util.Map.Entry;
import java.util.Optional;

/** What the proxy leaves to this room. */
public interface Instructions {
    /** A longer response is no instruction, nor is one to a request whose body is longer; in bytes. */
    int MOST_BYTES = 100_000;

    /** What a client is told where it is not to know more. */
    String FAILED = "Error while proxying to origin.";

    /** Whether a response with these headers is an instruction. */
    static boolean areIn(List<Entry<String, String>> headers) {
        return InstructParser.isGrip(headers);
    }

    /** The headers of a response, with those that open it to pages of other origins. */
    static List<Entry<String, String>> openedToOthers(
            List<Entry<String, String>> request, List<Entry<String, String>> response) {
        return Cors.added(request, response);
    }

    /** What a backend is told besides; the route may have an issuer and a key of its own. */
    List<Entry<String, String>> announcement(Optional<String> issuer, Optional<GripKey> key);

    /** Whether a request with these headers comes from a proxy that follows instructions itself. */
    boolean isFromUpstream(List<Entry<String, String>> headers);

    /**
     * The head of a response that is passed on however long it is, because it is the beginning of a stream; empty where it is an
     * instruction as a whole.
     */
    Optional<Relayed> beginning(Held held, int status, List<Entry<String, String>> headers);

    /** Goes on with a stream of which the {@linkplain #beginning beginning} was passed on. */
    void goOn(Held held, int status, List<Entry<String, String>> headers, HeldStream begun);

    /** Does what the response says: holds the request, or answers it. */
    void take(Held held, int status, List<Entry<String, String>> headers, byte[] body);
}
