// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import org.jspecify.annotations.Nullable;

/**
 * How one waiter ended.
 *
 * @param ending the kind of ending
 * @param state the state that released it; null for every other ending
 * @param <S> the state of the waiter's key
 */
public record Outcome<S>(Ending ending, @Nullable S state) {

    public Outcome {
        if ((ending == Ending.RELEASED) != (state != null))
            throw new IllegalArgumentException("a state comes with RELEASED and with nothing else, not with " + ending);
    }

    static <S> Outcome<S> released(S state) {
        return new Outcome<>(Ending.RELEASED, state);
    }

    static <S> Outcome<S> without(Ending ending) {
        return new Outcome<>(ending, null);
    }
}
