// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A call that is answered later and of which one at most is on its way. After each {@link #trigger()} one call begins, which sees
 * everything its caller did before. Triggers that meet a call on its way share the next one, which begins after the answer.
 *
 * <p>A call that fails counts as answered. Its outcome is the business of the supplier.
 */
public final class SerialCall {
    private final Supplier<? extends CompletionStage<?>> call;
    private final SerialTask turn = new SerialTask(this::beginIfDue);
    private volatile boolean due, underway;

    /** A call that begins by that; the supplier runs on the thread of a trigger or of an answer, and must not block. */
    public SerialCall(Supplier<? extends CompletionStage<?>> call) {
        this.call = call;
    }

    /** Has one more call begin after this one, at once if none is on its way. */
    public void trigger() {
        due = true;
        turn.trigger();
    }

    private void beginIfDue() {
        if (!due || underway) return;
        // Race: a trigger against this line. The flag is cleared before the call begins, so the call sees the change
        // that the trigger announced.
        due = false;
        underway = true;
        boolean begun = false;
        try {
            // An answer that is there already comes from within this run, and triggers one more run, not a deeper one.
            call.get().whenComplete((answer, error) -> answered());
            begun = true;
        } finally {
            if (!begun) answered();
        }
    }

    private void answered() {
        underway = false;
        turn.trigger();
    }
}
