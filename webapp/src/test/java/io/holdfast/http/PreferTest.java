// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code Prefer} is parsed. */
class PreferTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait=7",
                "WAIT=7",
                "Wait = \"7\"",
                "respond-async, wait=7",
                "wait=7;foo=bar",
                "foo; bar=\"a, wait=1\", wait=7, wait=9",
                "foo=\"\\\",wait=1\",wait=7",
                "foo;wait=1,wait=7",
                "wait=soon, wait=7",
                ",,wait=0007,"
            })
    void aWaitIsFoundAmongOtherPreferences(String line) {
        assertEquals(OptionalLong.of(7), Prefer.wait(List.of(line)));
    }

    @Test
    void aWaitMayStandOnAnyOfSeveralLinesAndTheFirstCounts() {
        assertEquals(OptionalLong.of(7), Prefer.wait(List.of("respond-async", "wait=7", "wait=9")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10000000000", "9223372036854775807", "9223372036854775808", "99999999999999999999999999"})
    void aVeryLongWaitIsAVeryLongWait(String seconds) {
        long found = Prefer.wait(List.of("wait=" + seconds)).orElse(0);

        assertEquals(seconds.length() < 19 ? Long.parseLong(seconds) : Long.MAX_VALUE, found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wait",
                "wait=",
                "wait=-1",
                "wait=+1",
                "wait=1.5",
                "wait=\"7",
                "wait=7\"",
                "wait=\u0667",
                "await=7"
            })
    void anythingElseIsIgnored(String line) {
        assertEquals(OptionalLong.empty(), Prefer.wait(List.of(line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "respond-async",
                "Respond-Async",
                "wait=7, respond-async",
                "respond-async=\"\"",
                " respond-async ; a=b",
                "foo=\"a\",respond-async"
            })
    void itMayBeAnsweredLater(String line) {
        assertTrue(Prefer.isAsync(List.of("foo", line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "respond-asyncs", "foo=\"respond-async\"", "foo;respond-async", "respond-async=no", "wait=7"
            })
    void elseItIsAnsweredNow(String line) {
        assertFalse(Prefer.isAsync(List.of(line)));
    }
}
