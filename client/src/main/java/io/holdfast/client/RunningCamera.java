// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A camera that is being played. The client implements it; made by {@link Camera#start} and {@link SimulatedCamera#start}. */
public interface RunningCamera {

    /** Asks it to end. The listener may call this. A dump or reply that has no answer yet is not tried again. */
    void stop();

    /** Completes when it has ended: normally after {@link #stop}, or with a {@link RefusedException} if the server refuses the camera. */
    CompletionStage<@Nullable Void> done();
}
