// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that a slot was given. Used by the slot's thread. */
interface Task {

    /** Says that it begins: the request; null if that is for somebody else by now. */
    @Nullable
    WorkRequest begin() throws IOException;

    /** Sends the response. */
    void answer(WorkResponse response) throws IOException;

    /** It was not begun: gives it back as far as that can be done. */
    void decline(String why) throws IOException;

    /** Lets go of it, whatever became of it. */
    void close();

    /** Nobody waits for what it is doing. */
    Cancellation cancellation();
}
