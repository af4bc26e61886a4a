// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;

/**
 * Receives the news of a worker. Several threads call it at once if the worker's concurrency is more than one. A failure of the listener
 * is logged.
 */
public interface WorkerListener {

    /** The worker is attached to that address: for the first time, for the first time after a trouble, or in another way than before. */
    default void attached(URI at, Attachment how) {}

    /**
     * A request was answered.
     *
     * @param took the time from the acknowledgement to the end of the response
     */
    default void answered(WorkRequest request, int status, Duration took) {}

    /** The response to a request did not arrive, or is no longer wanted; {@code why} is a sentence. Logged unless overridden. */
    default void lost(WorkRequest request, String why) {
        System.getLogger(WorkerListener.class.getName())
                .log(Level.WARNING, () -> "Worker has lost request=" + request + " id=" + request.id() + " why=" + why);
    }

    /** The worker takes nothing new because the machine is busy, or takes requests again. */
    default void busy(boolean isBusy) {}

    /** Receives a failure before its retry. Logged unless overridden. */
    default void trouble(Trouble trouble) {
        System.getLogger(WorkerListener.class.getName()).log(Level.WARNING, () -> trouble.line("Worker"));
    }
}
