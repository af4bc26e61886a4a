// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;

/** The body of a request, which may be sent to several origins, one after the other. */
public interface RequestBody {
    /** Whether all of it can still be given from its beginning. */
    boolean isRepeatable();

    /**
     * Gives it from its beginning to this sink, as it is requested from the source that this returns. An earlier sink is given
     * nothing more.
     */
    BodySource open(BodySink sink);

    /** Forgets it: it is not sent again. */
    void close();
}
