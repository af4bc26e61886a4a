// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A room's check of its waiters against the state of the cluster, every so often and soon after members have changed. At most one
 * check is under way. The next check makes up for one that fails.
 */
public final class Sweep {
    private static final Logger LOG = System.getLogger(Sweep.class.getName());
    private static final Duration SOON = Duration.ofMillis(100);

    private final Supplier<CompletionStage<?>> check;
    private final Clocks clocks;
    private final Executor executor;
    private final AtomicBoolean checking = new AtomicBoolean();
    private final AtomicBoolean due = new AtomicBoolean();

    /** A sweep that checks like this, on the executor, until the stage completes. */
    public Sweep(Supplier<CompletionStage<?>> check, Clocks clocks, Executor executor) {
        this.check = check;
        this.clocks = clocks;
        this.executor = executor;
    }

    /** Checks from now on, with that pause in between. */
    public Scheduled open(Duration pause, Cluster cluster) {
        cluster.onUnrest(this::soon);
        return clocks.timer().every(pause, () -> executor.execute(this::now));
    }

    private void soon() {
        if (due.compareAndSet(false, true)) clocks.timer().after(SOON, () -> executor.execute(this::now));
    }

    void now() {
        due.set(false);
        if (!checking.compareAndSet(false, true)) return;
        start().whenComplete((done, error) -> {
            checking.set(false);
            if (error != null) LOG.log(Level.DEBUG, "Waiters stay held; the next sweep checks again", error);
        });
    }

    private CompletionStage<?> start() {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
