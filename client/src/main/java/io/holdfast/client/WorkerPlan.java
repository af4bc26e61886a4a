// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does.
 *
 * @param attachment null is by the scheme of the address
 * @param mostCpu in percent
 * @param cpu how busy the processors are, from 0 to 1; negative if nobody knows
 */
record WorkerPlan(
        String queue,
        Handler handler,
        int concurrency,
        @Nullable Attachment attachment,
        int mostCpu,
        DoubleSupplier cpu) {
    static final int NO_LIMIT = 100;

    boolean isGated() {
        return mostCpu < NO_LIMIT;
    }
}
