// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.Settings;
import io.holdfast.testing.Ports;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** How many threads the work takes. */
class ThreadsTest {
    private static final int WARM = 100, MEASURED = 500, FEW = 20;

    @Test
    void incrementsStartNoThreadEach() {
        Properties system = new Properties();
        system.setProperty("holdfast.cluster.port", Integer.toString(Ports.free()));
        Settings settings = Settings.open(system, Map.of(), Optional.empty(), key -> Optional.empty());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (Holdfast holdfast = Holdfast.open(settings, "/threads")) {
            assertEquals(WARM, incremented(holdfast, WARM));
            long before = threads.getTotalStartedThreadCount();
            assertEquals(WARM + MEASURED, incremented(holdfast, MEASURED));
            long started = threads.getTotalStartedThreadCount() - before;
            assertTrue(started < FEW, () -> "threads started: " + started);
        }
    }

    /** Increments so many times, one after the other; the last value. */
    private static long incremented(Holdfast holdfast, int times) {
        long value = 0;
        for (int i = 0; i < times; i++)
            value = holdfast.counters()
                    .increment("threads")
                    .toCompletableFuture()
                    .join();
        return value;
    }
}
