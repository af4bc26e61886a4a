// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Where one slot of a worker has its requests from. Used by the slot's thread, but for {@link #leave}. */
interface Source {

    /**
     * Waits for a request at that address; null if none came, or nothing new is to be taken.
     *
     * @throws RefusedException if that address will never give one
     */
    @Nullable
    Task take(URI at) throws IOException;

    /** Whether it has to be waited for, because a request may be on its way although nothing new is to be taken. */
    boolean isAttached();

    /** Ends the waiting, unless there is a request by now. */
    void leave();

    /** Lets go of everything. */
    void close();
}
