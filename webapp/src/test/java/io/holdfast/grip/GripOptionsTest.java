// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.access.token.TestKeys;
import io.holdfast.access.token.TokenKey;
import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys are checked before a request is served. */
class GripOptionsTest {

    private static GripOptions read(String key, String value) {
        Properties system = new Properties();
        system.setProperty("holdfast." + key, value);
        Settings settings = Settings.open(system, Map.of(), Optional.empty(), name -> Optional.empty());
        GripOptions options = GripOptions.read(settings);
        settings.refuseFaults();
        return options;
    }

    @Test
    void aKeyThatSignsIsTaken() {
        assertEquals(
                Optional.of(TokenKey.signing("changeme", Path.of(""))),
                read("grip.key", "changeme").key());
        assertTrue(read("grip.key", TestKeys.CURVE_PRIVATE).key().isPresent());
        assertTrue(read("grip.key", "").key().isEmpty());
        assertFalse(read("grip.publish.key", TestKeys.CURVE_PUBLIC).publishing().isOpen());
    }

    @ParameterizedTest
    @CsvSource({
        "grip.key,base64:a,what stands after base64: is not a key",
        "grip.key,file:/none/such,the key file /none/such cannot be read as text",
        "grip.key,PUBLIC,a public key cannot sign",
        "grip.publish.key,base64:a,what stands after base64: is not a key",
        "grip.publish.key,PRIVATE,the public key cannot be told from a private key on P-256"
    })
    void aKeyOfTheWrongKindIsAFaultAndIsNotShown(String option, String value, String why) {
        String key = value.equals("PUBLIC")
                ? TestKeys.CURVE_PUBLIC
                : value.equals("PRIVATE") ? TestKeys.CURVE_PRIVATE : value;
        String message =
                assertThrows(SettingsException.class, () -> read(option, key)).getMessage();

        assertEquals(
                "The settings are wrong:\n  " + option
                        + " must be text, or base64: and the bytes, or file: and a path: " + why + ".",
                message);
    }
}
