// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;

/** What a worker tells; by several threads at once, if its concurrency is more than one. What it throws is logged. */
public interface WorkerListener {

    /** It waits at that address for what it is given: for the first time, for the first time after trouble, or otherwise than before. */
    default void attached(URI at, Attachment how) {}

    /** A request was answered. */
    default void answered(WorkRequest request, int status, Duration took) {}

    /** The response to a request did not arrive, or nobody wants it any more. Logged unless overridden. */
    default void lost(WorkRequest request, String why) {
        System.getLogger(WorkerListener.class.getName())
                .log(Level.WARNING, () -> "Worker has lost request=" + request + " id=" + request.id() + " why=" + why);
    }

    /** It takes nothing new because the machine is busy, or takes something again. */
    default void busy(boolean isBusy) {}

    /** A failure that is followed by a further try. Logged unless overridden. */
    default void trouble(Trouble trouble) {
        System.getLogger(WorkerListener.class.getName()).log(Level.WARNING, () -> trouble.line("Worker"));
    }
}
