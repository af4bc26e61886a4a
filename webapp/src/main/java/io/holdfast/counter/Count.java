// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.http.message.OwnResponse;

/**
 * A counter's value as its waiters get it.
 *
 * @param value the value
 * @param current whether it was read after the waiter was registered; otherwise it may be older than what the waiter has seen
 * @param answer the value as an answer, encoded once for all waiters
 */
record Count(long value, boolean current, OwnResponse answer) {

    static Count current(long value) {
        return new Count(value, true, answer(value));
    }

    static Count reported(long value) {
        return new Count(value, false, answer(value));
    }

    static OwnResponse answer(long value) {
        return OwnResponse.json(200, Long.toString(value));
    }
}
