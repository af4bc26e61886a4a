// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.JsonCases.Case;
import io.holdfast.testing.JsonCases.Kind;
import jakarta.json.JsonObject;
import jakarta.json.stream.JsonParser.Event;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonInputTest {

    @ParameterizedTest
    @MethodSource("io.holdfast.testing.JsonCases#all")
    void aTextIsJsonOrIsRefused(Case each) {
        boolean valid = each.kind() != Kind.NOT_JSON && each.kind() != Kind.NOT_UTF_8;
        if (valid) {
            String text = new String(each.bytes(), UTF_8).strip();
            assertArrayEquals(text.getBytes(UTF_8), JsonInput.checked(each.bytes()));
            assertTrue(JsonInput.isJson(text));
        } else {
            Problem problem = assertThrows(Refusal.class, () -> JsonInput.checked(each.bytes()))
                    .problem();
            assertEquals("body", problem.members().get("field"));
            assertEquals("JSON, in UTF-8", problem.members().get("rule"));
            assertEquals("something else", problem.members().get("value"));
        }
        assertEquals(
                each.kind() == Kind.OBJECT || each.kind() == Kind.ARRAY,
                JsonInput.structure(each.bytes()).isPresent());
        assertEquals(each.kind() == Kind.OBJECT, JsonInput.object(each.bytes()).isPresent());
    }

    @Test
    void aStructureMayBeginWithAByteOrderMark() {
        assertEquals(
                Optional.of("{}"), JsonInput.object("\ufeff{}".getBytes(UTF_8)).map(Object::toString));
        assertFalse(JsonInput.structure("\ufeff\ufeff{}".getBytes(UTF_8)).isPresent());
    }

    @Test
    void aNumberThatNoParserHasRoomForIsNoPartOfATree() {
        byte[] digits = ("[" + "1".repeat(1 << 20) + "]").getBytes(UTF_8);

        assertArrayEquals(digits, JsonInput.checked(digits));
        assertFalse(JsonInput.structure(digits).isPresent());
    }

    @Test
    void ofMembersWithTheSameNameTheLastCounts() {
        JsonObject object = JsonInput.object("{\"a\":1,\"b\":2,\"a\":{\"a\":[1,null,\"x\"]}}".getBytes(UTF_8))
                .orElseThrow();

        assertEquals("{\"a\":{\"a\":[1,null,\"x\"]},\"b\":2}", object.toString());
    }

    @Test
    void aFailureStatesItsPositionAndWhetherTheBytesAreUtf8() {
        JsonInput.Invalid broken = assertThrows(JsonInput.Invalid.class, () -> {
            try (JsonInput input = new JsonInput("[1,\n x]")) {
                assertEquals(Event.START_ARRAY, input.next());
                assertEquals(Event.VALUE_NUMBER, input.next());
                input.finish();
            }
        });

        assertTrue(broken.isUtf8());
        assertTrue(broken.found().startsWith("something else at line 2, column "), broken.found());
        assertFalse(assertThrows(JsonInput.Invalid.class, () -> new JsonInput(new byte[] {(byte) 0xff}))
                .isUtf8());
        assertThrows(JsonInput.Invalid.class, () -> JsonInput.bytes("\ud800"));
        assertArrayEquals("😀".getBytes(UTF_8), JsonInput.bytes("😀"));
    }
}
