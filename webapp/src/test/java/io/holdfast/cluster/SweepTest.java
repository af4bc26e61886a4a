// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.ManualTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SweepTest {
    private final Deque<Supplier<CompletionStage<?>>> looks = new ArrayDeque<>();
    private final Sweep sweep = new Sweep(() -> looks.removeFirst().get(), new ManualTime().clocks(), Runnable::run);

    private void looked(int left) {
        sweep.now();
        assertEquals(left, looks.size());
    }

    @Test
    void thereIsOneLookAtATime() {
        CompletableFuture<String> one = new CompletableFuture<>();
        looks.add(() -> one);
        looks.add(() -> CompletableFuture.completedFuture(""));
        looked(1);
        looked(1);

        one.complete("");

        looked(0);
    }

    @Test
    void aLookThatFailsOrCannotEvenBeginDoesNotEndTheSweeping() {
        looks.add(() -> CompletableFuture.failedFuture(new IllegalStateException("no answer")));
        looks.add(() -> {
            throw new IllegalStateException("not active");
        });
        looks.add(() -> CompletableFuture.completedFuture(""));

        looked(2);
        looked(1);
        looked(0);
    }
}
