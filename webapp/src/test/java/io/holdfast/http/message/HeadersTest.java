// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private static final Headers SOME = Headers.of("A", "1", "b", "2", "a", "3");

    @Test
    void namesAreComparedWithoutCase() {
        assertEquals(Optional.of("1"), SOME.first("a"));
        assertEquals(List.of("1", "3"), SOME.all("a"));
        assertTrue(SOME.has("B"));
        assertFalse(SOME.has("c"));
        assertEquals(Optional.empty(), SOME.first("c"));
        assertEquals(List.of(), SOME.all("c"));
    }

    @Test
    void fieldsKeepTheirOrderAndTheirSpelling() {
        assertEquals(
                List.of(new Header("A", "1"), new Header("b", "2"), new Header("a", "3"), new Header("B", "4")),
                SOME.and("B", "4").list());
        assertEquals(Headers.of("A", "1", "a", "3", "B", "4"), SOME.with("B", "4"));
        assertEquals(Headers.of("A", "1", "b", "2", "a", "3", "c", "5"), SOME.and(Headers.of("c", "5")));
        assertEquals(Headers.of("b", "2"), SOME.without("A"));
        assertEquals(Headers.of("b", "2"), SOME.without(List.of("a", "C")));
        assertEquals(Headers.of("b", "2"), SOME.only("B"::equalsIgnoreCase));
    }

    @Test
    void anInstanceIsNeverChangedAndNotCopiedWithoutNeed() {
        List<Header> given = new ArrayList<>(SOME.list());
        Headers made = new Headers(given);
        given.clear();

        assertEquals(SOME, made);
        assertThrows(UnsupportedOperationException.class, () -> made.list().clear());
        assertSame(SOME, SOME.without("c"));
        assertSame(SOME, Headers.NONE.and(SOME));
        assertSame(SOME.list(), new Headers(SOME.list()).list());
        assertTrue(Headers.NONE.isEmpty());
    }

    @Test
    void aNameIsAToken() {
        assertTrue(Header.isName("X-a_1"));
        for (String name : List.of("", "a b", "a:", "a\r\n", "ü")) assertFalse(Header.isName(name), name);
    }
}
