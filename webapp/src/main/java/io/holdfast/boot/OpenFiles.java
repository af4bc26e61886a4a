// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The number of connections that the process has enough file descriptors for. The process needs the remaining descriptors itself, so
 * further connections wait in the operating system until another connection ends.
 */
final class OpenFiles {
    private static final int LEAST = 16, MOST = 1_000_000;
    /** File descriptors for the member, the selectors of the server, and the JDK. */
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
