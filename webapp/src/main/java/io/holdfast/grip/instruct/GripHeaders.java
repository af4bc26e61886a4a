// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;

/** The headers that speak GRIP: they are for the proxy and never reach a client. */
public final class GripHeaders {
    private static final String PREFIX = "Grip-";

    private GripHeaders() {}

    /** Whether a response with these headers is an instruction: in its headers, or in its body. */
    public static boolean areInstruction(Headers headers) {
        return InstructParser.isInstruct(headers)
                || headers.list().stream().map(Header::name).anyMatch(GripHeaders::isGrip);
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
