// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How many connections there are files for. */
class OpenFilesTest {

    @Test
    void connectionsLeaveWhatIsOpenAndWhatTheProcessNeedsItself() {
        assertEquals(1_024 - 60 - 96 - 51, OpenFiles.connections(1_024, 60));
        assertEquals(65_536 - 60 - 96 - 3_276, OpenFiles.connections(65_536, 60));
    }

    @Test
    void thereAreAlwaysSomeAndNeverMoreThanTheServerCanCount() {
        assertEquals(16, OpenFiles.connections(64, 60));
        assertEquals(1_000_000, OpenFiles.connections(Long.MAX_VALUE, 60));
        assertTrue(OpenFiles.connections() >= 16);
    }
}
