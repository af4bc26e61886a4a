// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Channels that are being followed. */
public final class Following {
    private final Follower follower;

    Following(Follower follower) {
        this.follower = follower;
    }

    /** Everything up to here was taken; empty as long as there is no cursor. What {@link Follow#after} takes. */
    public Optional<String> cursor() {
        return follower.cursor();
    }

    /** Asks it to end; may be called by the listener. {@link #done} tells when the listener is called no more. */
    public void stop() {
        follower.stop();
    }

    /**
     * Completes when it has ended: normally when stopped here, or by the server with a 204 on a stream; else with a
     * {@link RefusedException} or {@link GaveUpException}.
     */
    public CompletionStage<@Nullable Void> done() {
        return follower.done();
    }
}
