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

/** A room's look at the state, every so often and soon after unrest; one at a time. A look that fails is made up for by the next. */
public final class Sweep {
    private static final Logger LOG = System.getLogger(Sweep.class.getName());
    private static final Duration SOON = Duration.ofMillis(100);

    private final Supplier<CompletionStage<?>> look;
    private final Clocks clocks;
    private final Executor executor;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean due = new AtomicBoolean();

    /** A sweep that looks like this: on the executor, until the stage completes. */
    public Sweep(Supplier<CompletionStage<?>> look, Clocks clocks, Executor executor) {
        this.look = look;
        this.clocks = clocks;
        this.executor = executor;
    }

    /** Looks from now on, with that pause between. */
    public Scheduled open(Duration pause, Cluster cluster) {
        cluster.onUnrest(this::soon);
        return clocks.timer().every(pause, () -> executor.execute(this::now));
    }

    private void soon() {
        if (due.compareAndSet(false, true)) clocks.timer().after(SOON, () -> executor.execute(this::now));
    }

    void now() {
        due.set(false);
        if (!looking.compareAndSet(false, true)) return;
        begun().whenComplete((done, error) -> {
            looking.set(false);
            if (error != null) LOG.log(Level.DEBUG, "Waiters stay held; the next sweep looks again", error);
        });
    }

    private CompletionStage<?> begun() {
        try {
            return look.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
