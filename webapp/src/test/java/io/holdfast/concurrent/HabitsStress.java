// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * This room's promises under jcstress, which searches for interleavings and reorderings that a race by chance does not meet.
 * {@code HabitsIT} runs these.
 */
public class HabitsStress {

    private HabitsStress() {}

    /** Two callers of one task: the last run sees what both have done before, and no write of a run is lost. */
    @JCStressTest
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "a run for each")
    @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "one run for both")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a change unseen, or a run that does not count")
    @State
    public static class TriggerAgainstTrigger {
        private final AtomicInteger changes = new AtomicInteger();
        private int runs; // plain, as is the next: the task itself orders its runs
        private int seen;
        private final SerialTask task = new SerialTask(() -> {
            runs++;
            seen = changes.getPlain();
        });

        @Actor
        public void one() {
            changes.getAndIncrement();
            task.trigger();
        }

        @Actor
        public void other() {
            changes.getAndIncrement();
            task.trigger();
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = seen;
            result.r2 = runs;
        }
    }

    /** A trigger against the answer of the call before: one more call, with nothing lost. */
    @JCStressTest
    @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "the second call has begun and has seen the change")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a call too few or too many, or one that has not seen the change")
    @State
    public static class TriggerAgainstAnswer {
        private final CompletableFuture<String> first = new CompletableFuture<>();
        private int change, calls, seen;
        private final SerialCall call = new SerialCall(this::call);

        public TriggerAgainstAnswer() {
            call.trigger();
        }

        private CompletableFuture<String> call() {
            seen = change;
            return ++calls == 1 ? first : new CompletableFuture<>();
        }

        @Actor
        public void trigger() {
            change = 1;
            call.trigger();
        }

        @Actor
        public void answer() {
            first.complete("answered");
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = calls;
            result.r2 = seen;
        }
    }

    /** An owner that ends against the object that is made for it. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "closed once, whichever came first")
    @Outcome(expect = Expect.FORBIDDEN, desc = "closed never or twice, or kept")
    @State
    public static class SetAgainstClose {
        private final AtomicInteger closings = new AtomicInteger();
        private final ClosingReference<String> reference = new ClosingReference<>(made -> closings.getAndIncrement());
        private boolean won;

        @Actor
        public void set() {
            reference.set("made");
        }

        @Actor
        public void close() {
            won = reference.close();
        }

        @Arbiter
        public void look(III_Result result) {
            result.r1 = closings.get();
            result.r2 = won ? 1 : 0;
            result.r3 = reference.get() == null ? 0 : 1;
        }
    }

    /** Something newly awaited against the look that would pause, because nothing was. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "one timer is armed, and nothing has stalled")
    @Outcome(expect = Expect.FORBIDDEN, desc = "no timer, or two, or a stall that is none")
    @State
    public static class ExpectAgainstLook implements StallWatch.Subject {
        private static final Duration LIMIT = Duration.ofSeconds(1);

        private final ManualTime time = new ManualTime();
        private final AtomicInteger stalls = new AtomicInteger();
        private final StallWatch watch = new StallWatch(time, LIMIT, this);
        private volatile boolean awaited;

        public ExpectAgainstLook() {
            watch.expect();
        }

        @Override
        public long progress() {
            return 0;
        }

        @Override
        public boolean isAwaited() {
            return awaited;
        }

        @Override
        public void onStall() {
            stalls.getAndIncrement();
        }

        @Actor
        public void expect() {
            watch.expect();
            awaited = true;
        }

        @Actor
        public void look() {
            time.advance(LIMIT);
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = time.waiting();
            result.r2 = stalls.get();
        }
    }
}
