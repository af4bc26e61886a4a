// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings of the servers are applied again when they have changed. */
class PrepareIT {

    @Test
    void changedSettingsAreAppliedAgain(@TempDir Path folder) throws Exception {
        Path settings = Files.writeString(folder.resolve("settings"), "max=1");
        String before = Prepare.digest(settings);
        assertEquals(before, Prepare.digest(settings));
        Files.writeString(settings, "max=2");
        assertNotEquals(before, Prepare.digest(settings));
    }

    @Test
    void removedSettingsLeaveNothingBehind(@TempDir Path folder) throws Exception {
        Path server = Files.createDirectories(folder.resolve("server"));
        Path file = Files.writeString(server.resolve("file"), "stock");
        Prepare.restore(server);
        Files.writeString(file, "set");
        Files.writeString(server.resolve("other"), "set");
        Prepare.restore(server);
        assertEquals("stock", Files.readString(file));
        assertFalse(Files.exists(server.resolve("other")));
    }
}
