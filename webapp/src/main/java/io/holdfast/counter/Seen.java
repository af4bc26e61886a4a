// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/**
 * The state that a client has seen, and waits to change.
 *
 * @param value the value
 * @param epoch the epoch that goes with it; {@link #ANY} if the client does not care
 */
record Seen(long value, long epoch) {
    static final long ANY = -1;

    /** Whether it is that very state. */
    boolean is(Reading reading) {
        return reading.value() == value && isOf(reading.life().born());
    }

    /** Whether a state is of the epoch that was seen. */
    boolean isOf(long other) {
        return epoch == ANY || epoch == other;
    }
}
