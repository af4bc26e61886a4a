// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A response: of our own, or passed on from a backend or a worker. */
public sealed interface Response permits OwnResponse, PassedResponse {

    /** The HTTP status. */
    int status();

    /** The headers, in order. */
    Headers allHeaders();

    /** The body, or its beginning; shared, never changed. */
    byte[] body();

    /** Writes status and headers. */
    void writeHeadTo(HttpServletResponse response);

    /** Writes all of it, with or without the body. */
    void writeTo(HttpServletResponse response, boolean withBody) throws IOException;
}
