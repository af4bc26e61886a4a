// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.config.Settings;
import io.holdfast.http.HeldResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The defaults that {@code setenv.sh} of the settings for Tomcat gives to Holdfast. */
class SetenvTest {
    private static final Path SCRIPT = Path.of("..", "tomcat-conf", "bin", "setenv.sh");

    @TempDir
    Path folder;

    /** The most held requests, after the script has run with these variables, and with this settings file. */
    private int limit(Map<String, String> variables, String file) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", ". " + SCRIPT.toAbsolutePath() + " && env");
        builder.environment().putAll(variables);
        builder.environment().put("CATALINA_BASE", folder.toString());
        builder.environment().put("CATALINA_HOME", folder.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Map<String, String> environment = new HashMap<>();
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> {
                    int equals = line.indexOf('=');
                    if (equals > 0) environment.put(line.substring(0, equals), line.substring(equals + 1));
                });
        assertEquals(0, process.waitFor());
        Path settings = Files.writeString(folder.resolve("holdfast.properties"), file);
        return ProcessOptions.read(
                        Settings.open(new Properties(), environment, Optional.of(settings), key -> Optional.empty()),
                        HeldResponse.BYTES_WITH_BUFFERS)
                .limits()
                .maxHeld();
    }

    @Test
    void itsLimitOfHeldRequestsIsADefault() throws Exception {
        assertEquals(10, limit(Map.of("HOLDFAST_HELD", "10"), ""));
        assertEquals(3, limit(Map.of("HOLDFAST_HELD", "10"), "hold.limit=3"), "the file goes before it");
        assertEquals(4, limit(Map.of("HOLDFAST_HELD", "10", "HOLDFAST_HOLD_LIMIT", "4"), "hold.limit=3"));
    }

    @Test
    void ofAHeapThatIsGivenAloneHeldRequestsTakeAPart() throws Exception {
        assertEquals(1_786, limit(Map.of("HOLDFAST_HEAP", "512m", "HOLDFAST_MAX_CONNECTIONS", "20000"), ""));
        assertEquals(3_574, limit(Map.of("HOLDFAST_HEAP", "1g", "HOLDFAST_MAX_CONNECTIONS", "20000"), ""));
        assertEquals(
                9, limit(Map.of("HOLDFAST_HEAP", "1g", "HOLDFAST_HELD", "9", "HOLDFAST_MAX_CONNECTIONS", "20000"), ""));
        assertEquals(90, limit(Map.of("HOLDFAST_HEAP", "1g", "HOLDFAST_MAX_CONNECTIONS", "100"), ""));
    }

    @Test
    void itLeavesConnectionsToThoseWhoRelease() throws Exception {
        assertEquals(90, limit(Map.of("HOLDFAST_MAX_CONNECTIONS", "100"), ""));
    }
}
