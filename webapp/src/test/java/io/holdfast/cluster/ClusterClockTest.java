// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterClockTest {

    /** Members are called a, b, c and so on, the oldest first. Each has a wall clock that is ahead by so many milliseconds. */
    @ParameterizedTest
    @CsvSource({
        "0, 0", // a member alone agrees with itself
        "0 5, 0",
        "5 0, 5", // of two, the oldest is right
        "3600 0 2, 2",
        "0 3600 2, 2",
        "0 -3600 -2, -2",
        "-3600 2 3600, 2",
        "0 3600 0 3600, 0", // of two and two, those with the oldest are right
        "3600 0 0 3600, 3600",
        "0 0 0 3600 3600, 0",
    })
    void theClockInTheMiddleIsRight(String clocks, long middle) {
        Map<String, Long> ahead = new TreeMap<>();
        for (String clock : clocks.split(" ", -1))
            ahead.put(String.valueOf((char) ('a' + ahead.size())), Long.parseLong(clock));
        for (String me : ahead.keySet()) {
            Map<String, Long> others = new TreeMap<>(ahead);
            long own = others.remove(me);
            assertEquals(middle, ClusterClock.middle(own, others, me, "a"), "as seen by " + me);
        }
    }
}
