// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/** Observes each ending, after the sink has run, on the same thread and with no lock held. Must be quick. */
@FunctionalInterface
public interface WaiterObserver {

    /**
     * One waiter has ended.
     *
     * @param ending how
     * @param heldNanos how long it was held
     * @param releaseNanos from the decision to end it until the sink had taken the outcome
     */
    void ended(Ending ending, long heldNanos, long releaseNanos);
}
