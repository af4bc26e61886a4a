// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * The time within which the head of a request must come as a whole: from the moment of the connection for the first request, and from the
 * first byte for each later one. It is set and passes on the thread of the connection.
 */
final class HeadDeadline {
    private final XnioExecutor thread;
    private final Duration limit;
    private final Runnable whenLate;
    private volatile XnioExecutor.@Nullable Key waiting;

    /** A deadline that is not set. */
    HeadDeadline(XnioExecutor thread, Duration limit, Runnable whenLate) {
        this.thread = thread;
        this.limit = limit;
        this.whenLate = whenLate;
    }

    /** A head is awaited, or a part of it has come. */
    void set() {
        if (waiting == null) waiting = thread.executeAfter(this::late, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The head has come, or never will. */
    void cancel() {
        XnioExecutor.Key key = waiting;
        waiting = null;
        if (key != null) key.remove();
    }

    private void late() {
        if (waiting == null) return;
        waiting = null;
        whenLate.run();
    }
}
