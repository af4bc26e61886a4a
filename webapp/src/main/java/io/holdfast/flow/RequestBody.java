// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;

/** The body of a request. It may be sent to several origins, one after the other. */
public interface RequestBody {
    /** Whether the body can still be read from its beginning. */
    boolean isRepeatable();

    /**
     * Passes the body to this sink, from its beginning, as it is requested from the returned source. An earlier sink gets nothing more.
     */
    BodySource open(BodySink sink);

    /** Drops the body. It cannot be sent again. */
    void close();
}
