// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.http.message.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for types, media types and keys. */
class DraftsTest {
    private static String field(Runnable check) {
        Refusal refusal = assertThrows(Refusal.class, check::run);
        assertEquals(400, refusal.problem().status());
        return (String) refusal.problem().members().get("field");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "two words", "é", "data: x", "gap ", "Gap", "\u2028", "\ufeff", "message"})
    void aTypeMayBeAnyFewCharacters(String type) {
        assertDoesNotThrow(() -> Drafts.checkType("type", type));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gap",
                "last-event-id",
                "a\nb",
                "a\rb",
                "\u0000",
                "\u007f",
                "\u0085",
                "\u009f",
                "\ud800",
                "a\udc00"
            })
    void aTypeIsNoControlCharacterAndNoGap(String type) {
        assertEquals("type", field(() -> Drafts.checkType("type", type)));
    }

    @Test
    void aTypeHas128CharactersAtMostHoweverManyBytesTheyTake() {
        assertDoesNotThrow(() -> Drafts.checkType("type", "😀".repeat(128)));
        assertEquals("type", field(() -> Drafts.checkType("type", "😀".repeat(129))));
        assertEquals("type", field(() -> Drafts.checkType("type", "a".repeat(129))));
        assertDoesNotThrow(() -> Drafts.checkType("type", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/vnd.x+json;v=1",
                "a/b; charset=\"utf-8\"; q=1",
                "text/plain ;charset=utf-8",
                "text/plain\t;\tcharset=utf-8",
                "application/x'y",
                "a`|~/%*!;x'=^",
                "a/b;c=\"\"",
                "a/b;c=\"x;\\\"y\\\\ \tz\"",
                "a/b;charset=nonsense"
            })
    void aMediaTypeMayHaveParameters(String type) {
        assertDoesNotThrow(() -> Drafts.checkContentType("Content-Type", type));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "text",
                "text/",
                "/plain",
                "text/plain\r\nX: y",
                "text/plain;",
                "text/plain;\n",
                "téxt/plain",
                "a b/c",
                "text/plain;é",
                "text/plain;charset",
                "text/plain;charset=",
                "text/plain;charset =utf-8",
                "text/plain;charset= utf-8",
                "text/plain;charset=\"utf-8",
                "text/plain;charset=\"a\"b\"",
                "text/plain;charset=\"a\\\"",
                "text/plain;charset=a;",
                "text/plain;;charset=a",
                "text/plain;charset=a b",
                "text/plain;=a",
                "text/plain ",
                "text/plain, text/html",
                "text /plain"
            })
    void anInvalidMediaTypeIsRefused(String type) {
        assertEquals("Content-Type", field(() -> Drafts.checkContentType("Content-Type", type)));
    }

    @Test
    void aMediaTypeHas400CharactersAtMost() {
        assertDoesNotThrow(() -> Drafts.checkContentType("Content-Type", "a/" + "b".repeat(398)));
        assertEquals("Content-Type", field(() -> Drafts.checkContentType("Content-Type", "a/" + "b".repeat(399))));
        assertEquals(
                "Content-Type", field(() -> Drafts.checkContentType("Content-Type", "a/b;" + " ".repeat(100_000))));
    }

    @Test
    void aKeyIsTheSameWithAndWithoutQuotes() {
        for (String key : new String[] {
            "a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", "k".repeat(255)
        }) {
            assertEquals(key, Drafts.key(key));
            assertEquals(key, Drafts.key("\"" + key + "\""));
            assertEquals(key, Drafts.key("  " + key + "\t"));
        }
    }

    @Test
    void anInvalidKeyIsRefused() {
        for (String key : new String[] {
            "", " ", "\"\"", "\"", "\"a", "a\"", "a b", "a\\b", "é", "k".repeat(256), "\u0001", "\"a\"b\""
        }) assertEquals("Idempotency-Key", field(() -> Drafts.key(key)), key);
    }
}
