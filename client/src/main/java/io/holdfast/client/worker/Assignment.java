// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that a work loop was given. The loop's thread uses it. */
interface Assignment {

    /** Reports that the work begins; the request, or null if it belongs to another worker by now. */
    @Nullable
    WorkRequest begin() throws IOException;

    /** Sends the response. */
    void answer(WorkResponse response) throws IOException;

    /** Gives the request back, as far as possible. Its handler has not begun. */
    void decline(String why) throws IOException;

    /** Releases its means, however the request ended. */
    void close();

    /** Cancelled when the response is no longer wanted. */
    Cancellation cancellation();
}
