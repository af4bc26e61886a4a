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

    /** The length in bytes, if all of the body has come; -1 if its end has not come. */
    default long knownLength() {
        return -1;
    }

    /** Runs the task when the body has come, or as much of it as is kept. It does not run if the body breaks off before. */
    default void whenGathered(Runnable task) {
        task.run();
    }

    /** Drops the body. It cannot be sent again. */
    void close();
}
