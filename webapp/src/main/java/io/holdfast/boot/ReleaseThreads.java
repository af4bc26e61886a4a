// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.time.Threads;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that write answers. Their queue has no limit of its own. It is bounded by the limit of held requests and by the batches
 * that may be on their way.
 */
final class ReleaseThreads {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final long LAST_ANSWERS_SECONDS = 2;

    private ReleaseThreads() {}

    static ExecutorService start(int threads) {
        // Tasks that come after the end have no request left to answer.
        return Threads.pool("holdfast-release", threads, IDLE, new ThreadPoolExecutor.DiscardPolicy());
    }

    static void stop(ExecutorService executor) throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS)) executor.shutdownNow();
    }
}
