// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.time;

import java.time.Duration;

/** Runs a task once, later. Tasks must be short. */
@FunctionalInterface
public interface Timer {

    /** Runs the task after the delay, unless it is cancelled before. */
    Scheduled after(Duration delay, Runnable task);

    /** A task that waits for its moment. */
    @FunctionalInterface
    interface Scheduled {

        /** Asks for the task not to run. Advisory: the task may be running already. */
        void cancel();
    }
}
