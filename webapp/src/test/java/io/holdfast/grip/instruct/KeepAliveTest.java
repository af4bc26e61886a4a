// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import static io.holdfast.grip.Samples.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.grip.instruct.KeepAlive.Mode;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
    private static KeepAlive parse(String header) {
        return KeepAlive.parse(header).orElseThrow();
    }

    private static void refused(String message, String header) {
        assertEquals(
                message,
                assertThrows(InstructException.class, () -> KeepAlive.parse(header), header)
                        .getMessage());
    }

    @Test
    void theDataIsTakenAsItIsUnlessItHasAFormat() {
        assertArrayEquals(bytes("ping\\n"), parse(" ping\\n ").data());
        assertArrayEquals(bytes("a=\"b\""), parse("a=\"b\"; format=raw").data());
        assertArrayEquals(new byte[] {(byte) 0xe9}, parse("\u00e9").data(), "a header has bytes");
        assertEquals(Optional.empty(), KeepAlive.parse(""));
        assertEquals(Optional.empty(), KeepAlive.parse("a; mode=\"idle"), "a quote that is not closed");
    }

    @Test
    void aCstringHasEscapes() {
        assertArrayEquals(
                new byte[] {'a', '\\', '\r', '\n', (byte) 0xff, 0, 'b'},
                parse("a\\\\\\r\\n\\xfF\\x00b; format=cstring").data());
        assertArrayEquals(
                bytes("event: keep-alive\ndata:\n\n"),
                parse("event: keep-alive\\ndata:\\n\\n; format=cstring; timeout=20")
                        .data());
        assertArrayEquals(bytes("ab"), parse("a\\qb; format=cstring").data());
        for (String bad : new String[] {"a\\", "\\x1", "\\x1g", "\\xg1", "\\x", "\\q"})
            refused("failed to parse Grip-Keep-Alive cstring format", bad + "; format=cstring");
    }

    @Test
    void base64IsForBytes() {
        assertArrayEquals(bytes("ping3\n"), parse("cGluZzMK; format=base64").data());
        assertEquals(Optional.empty(), KeepAlive.parse("=; format=base64"));
    }

    @Test
    void itComesEvery55SecondsAndNeverMoreOftenThanOnceASecond() {
        assertEquals(55, parse("a").timeout());
        assertEquals(1, parse("a; timeout=0").timeout());
        assertEquals(7, parse("a; timeout=7").timeout());
        refused("failed to parse Grip-Keep-Alive timeout value", "a; timeout=x");
        refused("failed to parse Grip-Keep-Alive timeout value", "a; timeout=");
        refused("Grip-Keep-Alive timeout has invalid value", "a; timeout=-1");
    }

    @Test
    void thoseOfACrowdComeApartWithinASecond() {
        KeepAlive keepAlive = parse("a; timeout=7");
        long[] pauses = new Random(1)
                .longs(10_000)
                .map(seed -> keepAlive.pause(new Random(seed)))
                .sorted()
                .toArray();
        assertTrue(pauses[0] >= 6_001 && pauses[0] < 6_050, () -> "the shortest: " + pauses[0]);
        assertTrue(pauses[9_999] <= 7_000 && pauses[9_999] > 6_950, () -> "the longest: " + pauses[9_999]);
        assertEquals(6_500.0, (double) pauses[5_000], 50.0);
        assertTrue(parse("a; timeout=1").pause(new Random(1)) > 0);
    }

    @Test
    void itIsPutOffByWhatIsWrittenUnlessItIsForAnInterval() {
        assertEquals(Mode.IDLE, parse("a").mode());
        assertEquals(Mode.IDLE, parse("a; mode=").mode());
        assertEquals(Mode.IDLE, parse("a; mode=idle").mode());
        assertEquals(Mode.INTERVAL, parse("a; mode=interval").mode());
        refused("no such Grip-Keep-Alive mode 'x'", "a; mode=x");
        refused("no such Grip-Keep-Alive format 'x'", "a; format=x");
        refused("Grip-Keep-Alive cannot be empty", "; timeout=1");
    }
}
