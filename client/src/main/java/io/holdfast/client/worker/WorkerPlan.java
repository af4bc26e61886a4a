// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.Attachment;
import io.holdfast.client.Handler;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue to work for, and how to work.
 *
 * @param queue the queue
 * @param handler performs the requests
 * @param concurrency the most requests at a time
 * @param attachment null decides by the scheme of the address
 * @param mostCpu the load of the processors, in percent, above which the worker takes nothing new
 * @param cpu the load of the processors, from 0 to 1; negative if it is unknown
 */
public record WorkerPlan(
        String queue,
        Handler handler,
        int concurrency,
        @Nullable Attachment attachment,
        int mostCpu,
        DoubleSupplier cpu) {
    /** The load of processors that are completely busy, in percent: no limit. */
    public static final int NO_LIMIT = 100;

    /** A plan for the processors of this machine. */
    public static WorkerPlan of(
            String queue, Handler handler, int concurrency, @Nullable Attachment attachment, int mostCpu) {
        return new WorkerPlan(queue, handler, concurrency, attachment, mostCpu, CpuGate::systemLoad);
    }

    boolean isGated() {
        return mostCpu < NO_LIMIT;
    }
}
