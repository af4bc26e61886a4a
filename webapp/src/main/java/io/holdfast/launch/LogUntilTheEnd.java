// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.launch;

import java.util.logging.LogManager;

/**
 * Logs until the process has stopped. The JDK's own manager closes the log as soon as a signal comes, in a hook of its own beside ours, so
 * that nobody would see how far a stop is. A class of the system's loader makes it, which is why it is public.
 */
public final class LogUntilTheEnd extends LogManager {
    /** Closes the log. */
    static void close() {
        LogManager.getLogManager().reset();
    }

    /** As the JDK's, but not when its hook asks for it. */
    @Override
    public void reset() {
        boolean hook = Thread.currentThread().getClass().getName().startsWith(LogManager.class.getName() + "$");
        if (!hook) super.reset();
    }
}
