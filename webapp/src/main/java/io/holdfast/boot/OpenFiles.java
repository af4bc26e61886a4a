// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many connections the process may open files for. A connection more would be taken from what the process needs itself: it
 * stays with the system, which has it wait, until another one ends.
 */
final class OpenFiles {
    private static final int LEAST = 16, MOST = 1_000_000;
    /** For the member, the selectors of the server, and what the JDK opens now and then. */
    private static final int OWN = 96;

    private static final int A_PART = 20;

    private OpenFiles() {}

    static int connections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? connections(system.getMaxFileDescriptorCount(), system.getOpenFileDescriptorCount())
                : MOST;
    }

    static int connections(long limit, long open) {
        long left = limit - open - OWN - limit / A_PART;
        return (int) Math.max(LEAST, Math.min(MOST, left));
    }
}
