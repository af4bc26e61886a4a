// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.time.Alarm;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Reports a server that has given no sign of life for too long. Safe for use by several threads. */
public final class StallWatch implements AutoCloseable {
    private final Alarm alarm;
    private final Duration patience;
    private final Executor executor;
    private final Runnable onStall;
    private int signs; // guarded by this

    /** A watch that calls {@code onStall} on that executor. It starts with the first {@link #onSign}. */
    public StallWatch(Alarm alarm, Duration patience, Executor executor, Runnable onStall) {
        this.alarm = alarm;
        this.patience = patience;
        this.executor = executor;
        this.onStall = onStall;
    }

    /** Notes a sign of life: from now on the server may be silent for as long as the patience lasts. */
    public synchronized void onSign() {
        int seen = ++signs;
        alarm.schedule(patience, () -> executor.execute(() -> report(seen)));
    }

    private void report(int seen) {
        // Race: the alarm against a sign that comes before the executor runs this; the sign wins.
        if (isNewest(seen)) onStall.run();
    }

    private synchronized boolean isNewest(int seen) {
        return seen == signs;
    }

    /** Reports nothing more, but for a stall that is being reported. */
    @Override
    public void close() {
        alarm.close();
    }

    /** The stall as an exception. */
    public IOException stalled() {
        return new IOException("The server was silent for " + Wording.seconds(patience) + ".");
    }
}
