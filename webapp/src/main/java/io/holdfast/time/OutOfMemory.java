// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import org.jspecify.annotations.Nullable;

/**
 * Whether an {@link OutOfMemoryError} was seen in this process. From then on nothing in it can be relied on, because the error may have
 * ended any thread and any change halfway. Each place that would swallow errors tells this class of them.
 */
public final class OutOfMemory {
    private static final int DEEPEST = 16;
    private static final Runnable NOTHING = () -> {};

    private static volatile Runnable ending = NOTHING;
    private static volatile boolean seen;

    private OutOfMemory() {}

    /** Another member has run out of memory. That is no reason to distrust this process. */
    public static final class Elsewhere extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Elsewhere(@Nullable String message) {
            super("Another member has run out of memory: " + message);
        }
    }

    /** Runs this with the first error; a program that owns its process ends it so. The task must need no memory. */
    public static void endBy(Runnable end) {
        ending = end;
        if (seen) end.run();
    }

    /** Notes an error, if this is one or was caused by one; tells whether it is. */
    public static boolean note(@Nullable Throwable thrown) {
        int depth = 0;
        for (Throwable one = thrown; one != null && depth < DEEPEST; one = one.getCause(), depth++)
            if (one instanceof OutOfMemoryError) {
                seen = true;
                ending.run();
                return true;
            }
        return false;
    }

    /** Whether there was such an error. */
    public static boolean isSeen() {
        return seen;
    }

    /** For tests, which go on after the error. */
    static void forget() {
        seen = false;
        ending = NOTHING;
    }
}
