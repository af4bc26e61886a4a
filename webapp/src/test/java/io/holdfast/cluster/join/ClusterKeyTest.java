// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterKeyTest {
    private static final String KEY = "correct horse battery staple";

    @TempDir
    Path folder;

    @Test
    void theNameOnTheWireDependsOnNameAndKeyAndShowsNeither() {
        Set<String> all = new HashSet<>();
        for (String name : List.of("demo", "demo2"))
            for (String key : List.of(KEY, KEY + "!")) {
                String wire = ClusterKey.of(key).onTheWire(name);
                assertEquals(wire, ClusterKey.of(key).onTheWire(name));
                assertFalse(wire.contains("demo") || wire.contains("horse"), wire);
                all.add(wire);
            }
        assertEquals(4, all.size());
        Object anyKey = ClusterKey.of(KEY);
        assertFalse(anyKey.toString().contains("horse"));
    }

    /** A version that sends the name alone must not join. */
    @Test
    void withoutAKeyTheNameIsNotSentAlone() {
        assertFalse(ClusterKey.NONE.isSet());
        assertNotEquals("demo", ClusterKey.of("").onTheWire("demo"));
        assertTrue(ClusterKey.of("").onTheWire("demo").endsWith("demo"));
    }

    @Test
    void aFileAndBase64AreOtherFormsOfTheSameKey() throws Exception {
        Path file = folder.resolve("key");
        Files.writeString(file, KEY + "\n");
        String wire = ClusterKey.of(KEY).onTheWire("demo");

        assertEquals(wire, ClusterKey.of("file:" + file).onTheWire("demo"));
        assertEquals(
                wire,
                ClusterKey.of("base64:Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==").onTheWire("demo"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tooshort", "base64:AAAA", "base64:!secret", "file:/no/such/file", "file:\0secret"})
    void whatIsNoKeyIsRefusedWithoutBeingShown(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> ClusterKey.of(text));

        assertFalse(String.valueOf(refused.getMessage()).matches(".*(tooshort|AAAA|secret).*"), refused.getMessage());
    }
}
