// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.internal.util.ConcurrencyUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private static final int MANY = 40;

    /** Like a sender of a type that no member has sent before: it waits for the type's schema, whose replication is completed here too. */
    @Test
    void aCompletionThatWaitsDoesNotHoldUpOthers() throws Exception {
        Completions.use();
        try {
            Executor executor = ConcurrencyUtil.getDefaultAsyncExecutor();
            CompletableFuture<Void> last = new CompletableFuture<>();
            CompletableFuture<?>[] waiting = IntStream.range(0, MANY)
                    .mapToObj(i -> CompletableFuture.runAsync(last::join, executor))
                    .toArray(CompletableFuture[]::new);
            executor.execute(() -> last.complete(null));
            CompletableFuture.allOf(waiting).get(60, TimeUnit.SECONDS);
        } finally {
            Completions.release();
        }
    }

    @Test
    void aCompletionAfterTheLastMemberIsDropped() {
        Completions.use();
        Executor executor = ConcurrencyUtil.getDefaultAsyncExecutor();
        Completions.release();
        executor.execute(() -> {});
    }
}
