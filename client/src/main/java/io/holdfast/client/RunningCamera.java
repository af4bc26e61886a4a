// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A camera that is being played. */
public final class RunningCamera {
    private final CameraPoller poller;

    RunningCamera(CameraPoller poller) {
        this.poller = poller;
    }

    /** Asks it to end; may be called by the listener. A dump or reply that is not answered yet is tried no more. */
    public void stop() {
        poller.stop();
    }

    /** Completes when it has ended: normally when stopped here; with a {@link RefusedException} if the server wants no such camera. */
    public CompletionStage<@Nullable Void> done() {
        return poller.done();
    }
}
