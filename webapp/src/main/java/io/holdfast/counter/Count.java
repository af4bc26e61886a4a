// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.http.message.OwnResponse;

/**
 * A counter's state as its waiters get it.
 *
 * @param value the value
 * @param life the life in which it has that value
 * @param current whether it was read after the waiter was registered; otherwise it may be older than what the waiter has seen
 * @param answer the state as an answer, encoded once for all waiters
 */
record Count(long value, Life life, boolean current, OwnResponse answer) {
    static final String EPOCH = "Counter-Epoch";

    static Count current(Reading reading) {
        return new Count(reading.value(), reading.life(), true, answer(reading));
    }

    static Count reported(Reading reading) {
        return new Count(reading.value(), reading.life(), false, answer(reading));
    }

    static OwnResponse answer(Reading reading) {
        return OwnResponse.json(200, Long.toString(reading.value()))
                .with(EPOCH, Long.toString(reading.life().born()));
    }

    /**
     * Whether a client that has seen one state is released by this one. A greater value always releases it, and so does a later life. A
     * smaller value does only if it was read after the waiter was registered, and if the counter was removed or no recent loss or merge
     * could have hidden a greater one.
     *
     * @param isCalm whether there was no such loss or merge
     */
    boolean isPast(Seen seen, boolean isCalm) {
        if (!seen.isOf(life.born()))
            return life.ended(seen.epoch())
                    || life.born() > Math.max(seen.epoch(), life.removed())
                    || (current && isCalm);
        if (value > seen.value()) return true;
        return value < seen.value() && current && (isCalm || life.isOver());
    }
}
