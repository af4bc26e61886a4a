// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.time.Duration;

/**
 * Runs a task once, later. One timer serves the whole process.
 *
 * <p>Tasks run on the timer's own thread and must be short: anything that may block or write to a client belongs on an executor.
 */
public interface Timer {

    /** Runs the task after the delay, unless it is cancelled before. */
    Scheduled after(Duration delay, Runnable task);

    /** A task that waits for its moment. */
    @FunctionalInterface
    interface Scheduled {

        /** Asks for the task not to run. Advisory: it may be running already, so whoever races with it needs a door of its own. */
        void cancel();
    }

    /** Runs the task again and again, each time the pause after it has ended, until cancelled. */
    default Scheduled every(Duration pause, Runnable task) {
        Repeating repeating = new Repeating(this, pause, task);
        repeating.arm();
        return repeating;
    }
}
