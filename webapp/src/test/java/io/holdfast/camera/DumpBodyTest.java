// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.http.message.Refusal;
import io.holdfast.testing.JsonCases;
import io.holdfast.testing.JsonCases.Kind;
import jakarta.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DumpBodyTest {

    @ParameterizedTest
    @MethodSource("io.holdfast.testing.JsonCases#all")
    void aDumpIsAnObjectOrAStringThatHasOne(JsonCases.Case each) {
        String text = new String(each.bytes(), UTF_8);
        boolean isString = text.equals("\"{}\"");
        if (each.kind() == Kind.OBJECT || isString)
            assertEquals((isString ? "{}" : text.strip()) + "\n", new String(DumpBody.dump(each.bytes()), UTF_8));
        else refused(each.bytes());
        if (each.kind() != Kind.NOT_UTF_8) {
            byte[] quoted = Json.createValue(text).toString().getBytes(UTF_8);
            if (each.kind() == Kind.OBJECT) assertEquals(text.strip() + "\n", new String(DumpBody.dump(quoted), UTF_8));
            else refused(quoted);
        }
    }

    private static void refused(byte[] body) {
        assertEquals(
                "body",
                assertThrows(Refusal.class, () -> DumpBody.dump(body))
                        .problem()
                        .members()
                        .get("field"));
    }

    @Test
    void anObjectInAStringMayNotNameHalfOfASurrogatePair() {
        refused("\"{\\\"a\\\":\\\"\\ud800\\\"}\"".getBytes(UTF_8));
        refused("\"\\\"{}\\\"\"".getBytes(UTF_8));
    }

    @Test
    void aListHasItsMembersInThisOrder() {
        try (io.holdfast.http.message.Json json = new io.holdfast.http.message.Json()) {
            assertEquals(
                    "{\"cameras\":[{\"id\":\"a\",\"connected\":false,\"since\":\"s\",\"lastSeen\":\"l\"},"
                            + "{\"id\":\"b\",\"connected\":true,\"since\":\"s\",\"lastSeen\":\"l\",\"member\":\"m\","
                            + "\"commands\":false,\"lastDump\":{\"time\":\"t\",\"bytes\":5}}]}",
                    json.text(new CameraResource.Listing(
                            List.of(
                                    new CameraResource.Entry("a", false, "s", "l", null, null, null),
                                    new CameraResource.Entry(
                                            "b", true, "s", "l", "m", false, new CameraResource.LastDump("t", 5))),
                            null)));
            assertEquals("{\"cameras\":[],\"next\":\"x\"}", json.text(new CameraResource.Listing(List.of(), "x")));
        }
    }
}
