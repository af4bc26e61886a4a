// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.time.Threads;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that write answers. Their queue has no bound of its own: what can be in it is bounded by the requests that may be
 * held and the batches that may be on their way.
 */
final class ReleaseThreads {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final long LAST_ANSWERS_SECONDS = 2;

    private ReleaseThreads() {}

    static ExecutorService start(int threads) {
        // What comes after the end has nobody left to answer.
        return Threads.pool("holdfast-release", threads, IDLE, new ThreadPoolExecutor.DiscardPolicy());
    }

    static void stop(ExecutorService executor) throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS)) executor.shutdownNow();
    }
}
