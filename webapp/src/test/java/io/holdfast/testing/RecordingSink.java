// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A sink that remembers its outcomes, and how many there were.
 *
 * @param <S> the state of the waiter's key
 */
public final class RecordingSink<S> implements Sink<S> {
    private final List<Outcome<S>> outcomes = new CopyOnWriteArrayList<>();
    private final boolean takes;

    /** A sink whose client is there. */
    public RecordingSink() {
        this(true);
    }

    /** A sink whose client is there, or has left when it is written to. */
    public RecordingSink(boolean takes) {
        this.takes = takes;
    }

    @Override
    public boolean end(Outcome<S> outcome) {
        outcomes.add(outcome);
        return takes;
    }

    /** All outcomes it got. */
    public List<Outcome<S>> outcomes() {
        return List.copyOf(outcomes);
    }

    /** Whether it is still held. */
    public boolean isHeld() {
        return outcomes.isEmpty();
    }

    /** The one outcome it got; it is an error if there was none or more than one. */
    public Outcome<S> outcome() {
        if (outcomes.size() != 1) throw new AssertionError("told " + outcomes.size() + " times: " + outcomes);
        return outcomes.get(0);
    }

    /** How it ended. */
    public Ending ending() {
        return outcome().ending();
    }
}
