// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Is closed while the processors are busier than they may be. Looked at once a second. */
final class Gate {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final double PERCENT = 100;

    private final DoubleSupplier cpu;
    private final int most;
    private final Timer timer;
    private final Consumer<Boolean> whenChanged;
    private volatile CompletableFuture<@Nullable Void> open = CompletableFuture.completedFuture(null);
    private volatile boolean over;

    /** One that is open; tells when that changes, whether it is closed. */
    Gate(DoubleSupplier cpu, int most, Timer timer, Consumer<Boolean> whenChanged) {
        this.cpu = cpu;
        this.most = most;
        this.timer = timer;
        this.whenChanged = whenChanged;
    }

    void begin() {
        timer.after(EVERY, this::look);
    }

    private void look() {
        if (over) return;
        boolean isBusy = cpu.getAsDouble() * PERCENT > most;
        if (isBusy && isOpen()) {
            open = new CompletableFuture<>();
            whenChanged.accept(true);
        } else if (!isBusy && !isOpen()) {
            open.complete(null);
            whenChanged.accept(false);
        }
        begin();
    }

    boolean isOpen() {
        return open.isDone();
    }

    /** Completes when it is open. */
    CompletionStage<@Nullable Void> open() {
        return open;
    }

    void end() {
        over = true;
    }
}
