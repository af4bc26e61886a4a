// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import java.util.Locale;
import java.util.Set;

/** The headers that speak GRIP: they are for the proxy and never reach a client. */
public final class GripHeaders {
    private static final String PREFIX = "Grip-", EVENTS = "application/websocket-events";
    private static final Set<String> TYPES = Set.of("content-type", "accept");

    private GripHeaders() {}

    /** Whether a response with these headers is an instruction: in its headers, or in its body. */
    public static boolean areInstruction(Headers headers) {
        return InstructParser.isInstruct(headers)
                || headers.list().stream().map(Header::name).anyMatch(GripHeaders::isGrip);
    }

    /** Whether a request with these headers speaks WebSocket over HTTP, by which a proxy tells a backend of its clients. */
    public static boolean areEvents(Headers headers) {
        return headers.list().stream()
                .filter(header -> TYPES.contains(header.name().replace('_', '-').toLowerCase(Locale.ROOT)))
                .anyMatch(header -> header.value().toLowerCase(Locale.ROOT).contains(EVENTS));
    }

    /** Whether a header of this name is for the proxy. */
    public static boolean isGrip(String name) {
        return name.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    /** The headers without those for the proxy. */
    public static Headers without(Headers headers) {
        return headers.only(name -> !isGrip(name));
    }
}
