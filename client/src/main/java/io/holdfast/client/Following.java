// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Channels that are being followed. The client implements it; made by {@link Follow#start}. */
public interface Following {

    /** The place up to which every event was taken, for {@link Follow#after}; empty while there is no cursor yet. */
    Optional<String> cursor();

    /** Asks it to end. The listener may call this. After {@link #done} completes, the listener is not called again. */
    void stop();

    /**
     * Completes when it has ended: normally after {@link #stop} or if the server ends a stream with a 204, else exceptionally with a
     * {@link RefusedException} or a {@link GaveUpException}.
     */
    CompletionStage<@Nullable Void> done();
}
