// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a state of a counter releases a client that has seen another. */
class CountTest {

    @ParameterizedTest
    @CsvSource({
        // The client has seen 5 in the epoch 100, or does not say an epoch (-1).
        "-1, 6, 100, 0, false, true, true",
        "-1, 5, 100, 0, true, true, false",
        "-1, 4, 100, 0, true, true, true",
        "-1, 4, 100, 0, true, false, false",
        "-1, 4, 100, 0, false, true, false",
        "-1, 0, 0, 200, true, false, true",
        "100, 5, 100, 0, true, true, false",
        "100, 6, 100, 0, false, true, true",
        // The counter was removed.
        "100, 0, 0, 200, true, false, true",
        "100, 0, 0, 200, false, false, true",
        // It was removed, and stands at the same value or at another in its next life.
        "100, 5, 201, 200, false, false, true",
        "100, 9, 201, 200, false, false, true",
        // It is not stored here: it may be lost, or was removed long ago.
        "100, 0, 0, 0, true, false, false",
        "100, 0, 0, 0, true, true, true",
        "100, 0, 0, 0, false, true, false",
        // A report of a former life, after the client has seen a later one.
        "300, 9, 201, 200, false, true, false",
        // The client waits for the first increment.
        "0, 5, 201, 200, false, false, true",
        "0, 5, 0, 200, true, true, false"
    })
    void releases(long epoch, long value, long born, long removed, boolean current, boolean calm, boolean expected) {
        Reading reading = new Reading(value, new Life(born, removed, 0));
        Count count = current ? Count.current(reading) : Count.reported(reading);

        assertEquals(expected, count.isPast(new Seen(5, epoch), calm));
    }
}
