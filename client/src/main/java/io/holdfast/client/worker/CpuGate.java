// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import com.sun.management.OperatingSystemMXBean;
import io.holdfast.client.time.Alarm;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A gate that is closed while the processors are busier than they may be. It measures once a second. */
final class CpuGate implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final double PERCENT = 100;

    private final DoubleSupplier cpu;
    private final int most;
    private final Alarm alarm;
    private final Consumer<Boolean> onChange;
    private volatile CompletableFuture<@Nullable Void> opened = CompletableFuture.completedFuture(null);

    /** A gate that is open. {@code onChange} receives whether the processors are too busy, whenever that changes. */
    CpuGate(DoubleSupplier cpu, int most, Alarm alarm, Consumer<Boolean> onChange) {
        this.cpu = cpu;
        this.most = most;
        this.alarm = alarm;
        this.onChange = onChange;
    }

    /** The load since the call before, from 0 to 1, of the processors of this machine or container; negative if unknown. */
    static double systemLoad() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getCpuLoad()
                : -1;
    }

    void start() {
        alarm.schedule(EVERY, this::measure);
    }

    private void measure() {
        boolean isBusy = cpu.getAsDouble() * PERCENT > most;
        if (isBusy && isOpen()) {
            opened = new CompletableFuture<>();
            onChange.accept(true);
        } else if (!isBusy && !isOpen()) {
            opened.complete(null);
            onChange.accept(false);
        }
        start();
    }

    boolean isOpen() {
        return opened.isDone();
    }

    /** Completes when the gate is open. */
    CompletionStage<@Nullable Void> opened() {
        return opened;
    }

    /** Measures no more. */
    @Override
    public void close() {
        alarm.close();
    }
}
