// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.List;
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
 * The one door of a waiter under jcstress, which searches for interleavings and reorderings that a race by chance does not meet.
 * {@code OneDoorIT} runs these.
 */
public class OneDoorStress {
    private static final Key<Integer> KEY = new Key<>("stress", "door");

    private OneDoorStress() {}

    /** One waiter in a registry of its own; its sink counts without any ordering of its own, so that a doubled call shows. */
    private static class Held {
        final ManualTime time = new ManualTime();
        final Waiters waiters =
                new Waiters(new WaiterLimits(4, 4), time, time, Runnable::run, (ending, held, release) -> {});
        int calls;
        int ending;

        Waiter<Integer> hold() {
            return waiters.hold(KEY, Duration.ofSeconds(1), state -> state > 0, outcome -> {
                calls++;
                ending = outcome.ending().ordinal() + 1;
                return true;
            });
        }

        int left() {
            return waiters.stats().held() + waiters.stats().keys() + time.waiting();
        }
    }

    /** A release against a client that leaves. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "released, once, and nothing is left")
    @Outcome(id = "1, 3, 0", expect = Expect.ACCEPTABLE, desc = "gone, once, and nothing is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "ended never or twice, or something is left")
    @State
    public static class ReleasedOrGone extends Held {
        private final Waiter<Integer> waiter = hold();

        @Actor
        public void release() {
            waiters.release(KEY, 1);
        }

        @Actor
        public void leave() {
            waiter.gone();
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = ending;
            seen.r3 = left();
        }
    }

    /** A release against the deadline. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "released, once, and nothing is left")
    @Outcome(id = "1, 2, 0", expect = Expect.ACCEPTABLE, desc = "timed out, once, and nothing is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "ended never or twice, or something is left")
    @State
    public static class ReleasedOrTimedOut extends Held {
        private final Waiter<Integer> waiter = hold();

        @Actor
        public void release() {
            waiter.offer(1);
        }

        @Actor
        public void timeOut() {
            time.advance(Duration.ofSeconds(1));
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = ending;
            seen.r3 = left();
        }
    }

    /** The deadline against a drain. */
    @JCStressTest
    @Outcome(id = "1, 2, 0", expect = Expect.ACCEPTABLE, desc = "timed out, once, and nothing is left")
    @Outcome(id = "1, 5, 0", expect = Expect.ACCEPTABLE, desc = "drained, once, and nothing is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "ended never or twice, or something is left")
    @State
    public static class TimedOutOrDrained extends Held {
        private final Waiter<Integer> waiter = hold();

        @Actor
        public void timeOut() {
            time.advance(Duration.ofSeconds(1));
        }

        @Actor
        public void drain() {
            waiter.end(Ending.DRAINED);
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = ending;
            seen.r3 = left();
        }
    }

    /** A waiter that registers against a release: the deadline must not outlive the waiter that ended before it was armed. */
    @JCStressTest
    @Outcome(id = "0, 3", expect = Expect.ACCEPTABLE, desc = "the release came first: still held, with its deadline")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "released, and nothing is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, or something is left")
    @State
    public static class RegisteredOrReleased extends Held {

        @Actor
        public void register() {
            hold();
        }

        @Actor
        public void release() {
            waiters.release(KEY, 1);
        }

        @Arbiter
        public void look(II_Result seen) {
            seen.r1 = calls;
            seen.r2 = left();
        }
    }

    /** A waiter that registers against a drain: none may stay behind. */
    @JCStressTest
    @Outcome(id = "1, 4, 0", expect = Expect.ACCEPTABLE, desc = "the drain came first: refused")
    @Outcome(id = "1, 5, 0", expect = Expect.ACCEPTABLE, desc = "the waiter came first: drained")
    @Outcome(expect = Expect.FORBIDDEN, desc = "left behind, or ended twice")
    @State
    public static class RegisteredOrDrained extends Held {

        @Actor
        public void register() {
            hold();
        }

        @Actor
        public void drain() {
            waiters.drain(Duration.ZERO);
            time.advance(Duration.ZERO);
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = ending;
            seen.r3 = left();
        }
    }

    /** A waiter of several keys. */
    private static class HeldForSeveral extends Held {
        static final Key<Integer> SECOND = new Key<>("stress", "window");
        private static final Key<Integer> THIRD = new Key<>("stress", "chimney");

        Waiter<Integer> holdForAll() {
            return waiters.hold(List.of(KEY, SECOND, THIRD), Duration.ofSeconds(1), state -> state > 0, outcome -> {
                calls++;
                ending = outcome.ending().ordinal() + 1;
                return true;
            });
        }
    }

    /** A waiter that takes its places one after the other, against a release in between: none may stay behind. */
    @JCStressTest
    @Outcome(
            id = "0, 5, 0",
            expect = Expect.ACCEPTABLE,
            desc = "the release came first: held under three keys, with its deadline")
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "released and counted, and nothing is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, counted wrongly, or something is left")
    @State
    public static class LinkedOrReleased extends HeldForSeveral {
        private final AtomicInteger counted = new AtomicInteger();

        @Actor
        public void register() {
            holdForAll();
        }

        @Actor
        public void release() {
            waiters.release(SECOND, 1, counted::addAndGet);
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = left();
            seen.r3 = counted.get();
        }
    }

    /** Two keys of one waiter that move together. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "released once, counted once, and nothing is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "ended never or twice, counted wrongly, or something is left")
    @State
    public static class ReleasedByTwoKeys extends HeldForSeveral {
        private final AtomicInteger counted = new AtomicInteger();

        public ReleasedByTwoKeys() {
            holdForAll();
        }

        @Actor
        public void releaseOne() {
            waiters.release(KEY, 1, counted::addAndGet);
        }

        @Actor
        public void releaseAnother() {
            waiters.release(SECOND, 1, counted::addAndGet);
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = counted.get();
            seen.r3 = left();
        }
    }

    /** A waiter of several keys that registers against a drain. */
    @JCStressTest
    @Outcome(id = "1, 4, 0", expect = Expect.ACCEPTABLE, desc = "the drain came first: refused")
    @Outcome(id = "1, 5, 0", expect = Expect.ACCEPTABLE, desc = "the waiter came first: drained")
    @Outcome(expect = Expect.FORBIDDEN, desc = "left behind, or ended twice")
    @State
    public static class LinkedOrDrained extends HeldForSeveral {

        @Actor
        public void register() {
            holdForAll();
        }

        @Actor
        public void drain() {
            waiters.drain(Duration.ZERO);
            time.advance(Duration.ZERO);
        }

        @Arbiter
        public void look(III_Result seen) {
            seen.r1 = calls;
            seen.r2 = ending;
            seen.r3 = left();
        }
    }
}
