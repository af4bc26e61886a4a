// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static io.holdfast.grip.Samples.headers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeadersTest {
    @Test
    void namesAreAlikeInAnyCase() {
        assertEquals("1", Headers.first(headers("A", "1", "a", "2"), "a"));
        assertEquals(headers("b", "2"), Headers.without(headers("A", "1", "b", "2"), List.of("a", "C")));
        assertEquals(headers("Gripe", "2"), Headers.withoutGrip(headers("gRIP-Foo", "1", "Gripe", "2")));
        assertTrue(Headers.isGrip("grip-") && !Headers.isGrip("Grip"));
    }

    @Test
    void textGoesThroughAHeaderAsUtf8() {
        String wire = Headers.wire("Grüße €");

        assertTrue(wire.chars().allMatch(c -> c <= 0xff));
        assertEquals("Grüße €", Headers.text(wire));
        assertEquals("Grüße €", Headers.text("Grüße €"), "decoded already");
        assertEquals("caf\u00e9", Headers.text("caf\u00e9"), "no UTF-8");
        assertArrayEquals(new byte[] {(byte) 0xff, 'a'}, Headers.bytes("\u00ffa"));
    }

    @Test
    void noValueEndsItsLine() {
        assertEquals("a  Set-Cookie: b\tc ", Headers.wire("a\r\nSet-Cookie: b\tc\0"));
        assertTrue(Headers.isName("X-a_1"));
        for (String name : List.of("", "a b", "a:", "a\r\n", "ü")) assertFalse(Headers.isName(name), name);
    }
}
