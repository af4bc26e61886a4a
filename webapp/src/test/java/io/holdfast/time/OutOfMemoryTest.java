// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The error is noted wherever it would be swallowed. */
@ExtendWith(Forgetful.class)
class OutOfMemoryTest {
    private final AtomicInteger ends = new AtomicInteger();

    private static void fail() {
        throw new OutOfMemoryError("a test");
    }

    @Test
    void itIsFoundAmongTheCausesAndEndsTheProgram() {
        assertFalse(OutOfMemory.note(null));
        assertFalse(OutOfMemory.note(new IOException(new IllegalStateException())));
        assertFalse(OutOfMemory.isSeen());
        OutOfMemory.endBy(ends::incrementAndGet);
        assertTrue(OutOfMemory.note(new IOException(new OutOfMemoryError("a test"))));
        assertTrue(OutOfMemory.isSeen());
        assertEquals(1, ends.get());
    }

    @Test
    void aProgramThatComesLaterIsEndedToo() {
        OutOfMemory.note(new OutOfMemoryError("a test"));
        OutOfMemory.endBy(ends::incrementAndGet);
        assertEquals(1, ends.get());
    }

    /** The default handler of the process gets the error, too. That of a test run would end the run. */
    @Test
    void aTaskOfThePoolTellsOfIt() throws Exception {
        Thread.UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            if (thread.getName().startsWith("memory-test")) uncaught.complete(error);
            else if (usual != null) usual.uncaughtException(thread, error);
        });
        ExecutorService pool =
                Threads.pool("memory-test", 1, Duration.ofSeconds(1), new ThreadPoolExecutor.AbortPolicy());
        try {
            pool.execute(OutOfMemoryTest::fail);
            assertInstanceOf(OutOfMemoryError.class, uncaught.get(60, TimeUnit.SECONDS));
            assertTrue(OutOfMemory.isSeen());
        } finally {
            pool.shutdownNow();
            Thread.setDefaultUncaughtExceptionHandler(usual);
        }
    }

    @Test
    void aTaskOfTheTimerTellsOfIt() {
        try (SystemTimer timer = new SystemTimer("memory-test")) {
            timer.after(Duration.ofMillis(1), OutOfMemoryTest::fail);
            await("it is noted").until(OutOfMemory::isSeen);
        }
    }
}
