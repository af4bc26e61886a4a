// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A worker that is at work. */
public final class RunningWorker {
    private final Crew crew;

    RunningWorker(Crew crew) {
        this.crew = crew;
    }

    /** Asks it to take nothing more, finish what it has, and leave. */
    public void stop() {
        crew.stop();
    }

    /** Lets go of what it has, too: as if it had died, but for handlers, which are interrupted. */
    public void abandon() {
        crew.abandon();
    }

    /** How many requests it is at. */
    public int requests() {
        return crew.requests();
    }

    /** Completes when it has left: normally when stopped here; with a {@link RefusedException} if it may not work for that queue. */
    public CompletionStage<@Nullable Void> done() {
        return crew.done();
    }
}
