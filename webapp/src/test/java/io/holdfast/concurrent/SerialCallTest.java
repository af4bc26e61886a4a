// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Race;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SerialCallTest {
    private final AtomicReference<CompletableFuture<String>> underway =
            new AtomicReference<>(new CompletableFuture<>());
    private int calls; // without any ordering of its own, so that two calls at once show

    private CompletableFuture<String> call() {
        calls++;
        CompletableFuture<String> answer = new CompletableFuture<>();
        underway.set(answer);
        return answer;
    }

    @Test
    void triggersThatMeetACallShareTheNextOne() {
        SerialCall serial = new SerialCall(this::call);

        serial.trigger();
        serial.trigger();
        serial.trigger();
        int before = calls;
        underway.get().complete("first");
        int after = calls;
        underway.get().complete("second");

        assertEquals(List.of(1, 2, 2), List.of(before, after, calls));
    }

    @Test
    void aCallThatFailsCountsAsAnswered() {
        SerialCall serial = new SerialCall(this::call);

        serial.trigger();
        underway.get().completeExceptionally(new IllegalStateException("no answer"));
        serial.trigger();

        assertEquals(2, calls);
    }

    @Test
    void aCallThatCannotBeginCountsAsAnswered() {
        SerialCall serial = new SerialCall(() -> {
            calls++;
            throw new IllegalStateException("not begun");
        });

        serial.trigger();
        serial.trigger();

        assertEquals(2, calls);
    }

    @Test
    void aMillionCallsThatAreAnsweredAtOnceNeedNoDeepStack() {
        SerialCall[] serial = new SerialCall[1];
        serial[0] = new SerialCall(() -> {
            if (++calls < 1_000_000) serial[0].trigger();
            return CompletableFuture.completedFuture("at once");
        });

        serial[0].trigger();

        assertEquals(1_000_000, calls);
    }

    /** Race: two callers against the answer of the call before; the last call sees all, and no two are on their way at once. */
    @Test
    void noTriggerIsLostAndNoTwoCallsOverlap() throws Exception {
        AtomicInteger asked = new AtomicInteger(), open = new AtomicInteger(), overlaps = new AtomicInteger();
        AtomicReference<CompletableFuture<String>> last = new AtomicReference<>(new CompletableFuture<>());
        int[] seen = new int[1];
        SerialCall serial = new SerialCall(() -> {
            if (open.incrementAndGet() > 1) overlaps.incrementAndGet();
            seen[0] = asked.get();
            CompletableFuture<String> answer = new CompletableFuture<>();
            last.set(answer);
            return answer;
        });
        Race.Party caller = round -> {
            asked.incrementAndGet();
            serial.trigger();
        };
        Runnable answer = () -> {
            CompletableFuture<String> answered = last.get();
            if (answered.isDone()) return;
            open.decrementAndGet();
            answered.complete("answered");
        };

        Race.run(
                10_000,
                round -> serial.trigger(),
                round -> {
                    while (open.get() > 0) answer.run();
                    assertEquals(asked.get(), seen[0]);
                },
                List.of(caller, caller, round -> answer.run()));

        assertEquals(0, overlaps.get());
        assertEquals(20_000, asked.get());
    }
}
