// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.time.OutOfMemory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Ends the standalone process with the first {@link OutOfMemoryError} that any thread is ended by, or that anybody logs. */
final class MemoryGuard {
    /** The exit code; that of {@code -XX:+ExitOnOutOfMemoryError} too. */
    static final int EXIT = 3;

    private static final byte[] LAST_WORDS =
            "Holdfast has run out of memory and ends. Use a larger heap (-Xmx).\n".getBytes(StandardCharsets.UTF_8);
    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

    private MemoryGuard() {}

    static void stand() {
        OutOfMemory.endBy(MemoryGuard::end);
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            OutOfMemory.note(error);
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            error.printStackTrace();
        });
        Logger.getLogger("").addHandler(new Listening());
    }

    /** The process may be unable to make a single object. */
    private static void end() {
        try {
            ERR.write(LAST_WORDS);
        } catch (IOException nobodyReads) {
            // The exit code says it too.
        } finally {
            Runtime.getRuntime().halt(EXIT);
        }
    }

    /** Servers and libraries catch errors of their tasks, and log them. */
    private static final class Listening extends Handler {

        @Override
        public void publish(@Nullable LogRecord entry) {
            if (entry != null) OutOfMemory.note(entry.getThrown());
        }

        @Override
        public void flush() {
            // Nothing is kept.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
