// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.time.Timer.Scheduled;
import org.jspecify.annotations.Nullable;

/** A task that runs on the executor when a time is over, unless the alarm is set anew or cancelled before. */
final class Alarm {
    private final Topics topics;
    private final Runnable task;
    private @Nullable Scheduled next; // guarded by this

    Alarm(Topics topics, Runnable task) {
        this.topics = topics;
        this.task = task;
    }

    /** Sets it, in place of what it was set to before. */
    synchronized void set(long millis) {
        cancel();
        next = topics.after(millis, () -> topics.executor().execute(task));
    }

    synchronized void cancel() {
        if (next != null) next.cancel();
        next = null;
    }

    /** Whether it was set and has not been cancelled; it may have gone off. */
    synchronized boolean isSet() {
        return next != null;
    }
}
