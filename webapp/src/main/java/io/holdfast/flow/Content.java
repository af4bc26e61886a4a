// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import java.io.IOException;

/** What is sent with a request, perhaps more than once. */
public interface Content {
    /** Whether all of it can still be sent from its beginning. */
    boolean isRepeatable();

    /** It is sent now, from its beginning, by somebody who is to be told when there is more of it. */
    void sendBy(Runnable more);

    /** Writes what there is, as far as it is taken; true once all of it is written. */
    boolean writeTo(HttpExchange.Taker taker) throws IOException;

    /** It is not sent again. */
    void close();
}
