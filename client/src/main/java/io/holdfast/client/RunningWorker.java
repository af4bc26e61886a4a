// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A worker that is at work. The client implements it; made by {@link Worker#serve} and {@link Worker#forward}. */
public interface RunningWorker {

    /** Asks it to take nothing new, finish its requests, and leave. */
    void stop();

    /** Drops its requests too, as if the process had died, and interrupts the handler. */
    void abandon();

    /** The number of requests that it performs at this moment. */
    int requests();

    /**
     * Completes when it has left: normally after {@link #stop} or {@link #abandon}, else exceptionally, with a {@link RefusedException} if
     * it may not work for that queue.
     */
    CompletionStage<@Nullable Void> done();
}
