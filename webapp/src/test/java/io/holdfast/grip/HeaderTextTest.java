// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static io.holdfast.grip.Samples.headers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.grip.instruct.GripHeaders;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.HeaderText;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderTextTest {
    @Test
    void namesAreAlikeInAnyCase() {
        assertEquals("1", headers("A", "1", "a", "2").first("a").orElseThrow());
        assertEquals(headers("b", "2"), headers("A", "1", "b", "2").without(List.of("a", "C")));
        assertEquals(headers("Gripe", "2"), GripHeaders.without(headers("gRIP-Foo", "1", "Gripe", "2")));
        assertTrue(GripHeaders.isGrip("grip-") && !GripHeaders.isGrip("Grip"));
    }

    @Test
    void textGoesThroughAHeaderAsUtf8() {
        String wire = HeaderText.wire("Grüße €");

        assertTrue(wire.chars().allMatch(c -> c <= 0xff));
        assertEquals("Grüße €", HeaderText.text(wire));
        assertEquals("Grüße €", HeaderText.text("Grüße €"), "decoded already");
        assertEquals("caf\u00e9", HeaderText.text("caf\u00e9"), "no UTF-8");
        assertArrayEquals(new byte[] {(byte) 0xff, 'a'}, HeaderText.bytes("\u00ffa"));
    }

    @Test
    void noValueEndsItsLine() {
        assertEquals("a  Set-Cookie: b\tc ", HeaderText.wire("a\r\nSet-Cookie: b\tc\0"));
        assertTrue(Header.isName("X-a_1"));
        for (String name : List.of("", "a b", "a:", "a\r\n", "ü")) assertFalse(Header.isName(name), name);
    }
}
