// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Race;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The ways to end against each other on real threads: 3,000,000 waiters in three races, and each of them must end exactly once.
 *
 * <p>A round has many waiters, one race each. The parties sweep over them, some from the other end, so that they meet at every
 * waiter sooner or later. A party that wins is slower than those that lose, so a party that has fallen behind catches up.
 */
@Timeout(120)
class WaiterRaceTest {
    private static final int WAITERS = 1_000, TO_A_KEY = 4;
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Key<Integer> LAST = new Key<>("race", "last");

    private final AtomicLongArray told = new AtomicLongArray(Ending.values().length);
    private final AtomicLongArray observed = new AtomicLongArray(Ending.values().length);
    private final AtomicIntegerArray calls = new AtomicIntegerArray(WAITERS);
    private final AtomicInteger holding = new AtomicInteger(), over = new AtomicInteger();
    private ManualTime time = new ManualTime();
    private Waiters waiters = registry();

    @SuppressWarnings("unchecked") // an array of a generic type
    private final Waiter<Integer>[] held = (Waiter<Integer>[]) new Waiter<?>[WAITERS];

    private Waiters registry() {
        // Sinks run on the racing threads: each is an executor's thread here.
        WaiterLimits limits = new WaiterLimits(WAITERS, 16);
        return new Waiters(
                limits, time, time, Runnable::run, (ending, h, r) -> observed.incrementAndGet(ending.ordinal()));
    }

    private void begin(int round) {
        time = new ManualTime();
        waiters = registry();
        holding.set(0);
        over.set(0);
        for (int i = 0; i < WAITERS; i++) calls.set(i, 0);
    }

    private void hold(int i) {
        held[i] = waiters.hold(key(i), WAIT, state -> state > 0, outcome -> {
            calls.incrementAndGet(i);
            told.incrementAndGet(outcome.ending().ordinal());
            return true;
        });
    }

    /** Three keys, shared with different others under each. */
    private void holdForSeveral(int i) {
        List<Key<Integer>> keys = List.of(key(i), new Key<>("tens", Integer.toString(i / 10)), LAST);
        held[i] = waiters.hold(keys, WAIT, state -> state > 0, outcome -> {
            calls.incrementAndGet(i);
            told.incrementAndGet(outcome.ending().ordinal());
            over.incrementAndGet();
            return true;
        });
    }

    private static Key<Integer> key(int i) {
        return new Key<>("race", Integer.toString(i / TO_A_KEY));
    }

    private void everyWaiterHasEndedExactlyOnce(int round) {
        for (int i = 0; i < WAITERS; i++)
            assertEquals(1, calls.get(i), "endings of waiter " + i + " in round " + round);
        assertEquals(0, waiters.stats().held());
        assertEquals(0, waiters.stats().keys());
        assertEquals(0, time.waiting(), "deadlines left behind in round " + round);
    }

    private void theCountsAgree(int rounds, List<Ending> racing) {
        Map<Ending, Long> won = new EnumMap<>(Ending.class);
        for (Ending ending : Ending.values()) won.put(ending, told.get(ending.ordinal()));
        for (Ending ending : Ending.values())
            assertEquals(told.get(ending.ordinal()), observed.get(ending.ordinal()), "observed " + ending);
        assertEquals(
                (long) rounds * WAITERS,
                won.values().stream().mapToLong(Long::longValue).sum());
        for (Ending ending : racing) assertTrue(won.get(ending) > 0, ending + " has won no race: " + won);
        System.out.println(getClass().getSimpleName() + ": " + (long) rounds * WAITERS + " races, won by " + won);
    }

    private void releaseAll() {
        for (int i = 0; i < WAITERS; i += TO_A_KEY) waiters.release(key(i), 1);
    }

    private void timeOutAll() {
        time.advance(WAIT);
    }

    private void leaveAll() {
        for (int i = WAITERS - 1; i >= 0; i--) held[i].gone();
    }

    private void drainAll(Duration window) throws Exception {
        CompletableFuture<Void> over = waiters.drain(window).toCompletableFuture();
        time.advance(window);
        over.join();
    }

    @Test
    void releasedTimedOutGoneAndDrainedAgainstEachOtherEndEveryWaiterOnce() throws Exception {
        int rounds = 2_000;
        Race.run(
                rounds,
                round -> {
                    begin(round);
                    for (int i = 0; i < WAITERS; i++) hold(i);
                },
                this::everyWaiterHasEndedExactlyOnce,
                List.of(
                        round -> releaseAll(),
                        round -> timeOutAll(),
                        round -> leaveAll(),
                        // Every other drain looks for waiters after the others have begun, and over several steps.
                        round -> drainAll(round % 2 == 0 ? Duration.ZERO : Duration.ofMillis(100))));
        theCountsAgree(rounds, List.of(Ending.RELEASED, Ending.TIMED_OUT, Ending.GONE, Ending.DRAINED));
    }

    @Test
    void thoseWhoRegisterWhileTheyAreReleasedTimedOutAndDrainedEndOnceToo() throws Exception {
        int rounds = 500;
        Race.run(
                rounds,
                this::begin,
                round -> {
                    // A waiter that registered after the others' last look is still held, with its deadline; none is
                    // after a drain.
                    assertTrue(waiters.stats().draining());
                    everyWaiterHasEndedExactlyOnce(round);
                },
                List.of(
                        round -> holdAll(),
                        round -> holdAll(),
                        round -> untilAllHaveCome(this::releaseAll),
                        round -> untilAllHaveCome(this::timeOutAll),
                        round -> {
                            untilAllHaveCome(WAITERS * (round % 10) / 10, () -> {});
                            drainAll(Duration.ZERO);
                        }));
        theCountsAgree(rounds, List.of(Ending.RELEASED, Ending.DRAINED, Ending.REFUSED));
    }

    /** Each is released under one of its keys while it takes its places under the others. */
    @Test
    void thoseWhoWaitForSeveralKeysEndOnceAndAreCountedOnce() throws Exception {
        int rounds = 500;
        AtomicLong counted = new AtomicLong();
        Race.run(
                rounds,
                this::begin,
                this::everyWaiterHasEndedExactlyOnce,
                List.of(
                        round -> holdAll(this::holdForSeveral),
                        round -> holdAll(this::holdForSeveral),
                        round -> untilAllHaveEnded(() -> {
                            for (int i = 0; i < WAITERS; i += TO_A_KEY) waiters.release(key(i), 1, counted::addAndGet);
                        }),
                        round -> untilAllHaveEnded(() -> waiters.release(LAST, 1, counted::addAndGet)),
                        round -> untilAllHaveEnded(this::timeOutAll)));
        theCountsAgree(rounds, List.of(Ending.RELEASED, Ending.TIMED_OUT));
        assertEquals(told.get(Ending.RELEASED.ordinal()), counted.get());
    }

    private void holdAll() {
        holdAll(this::hold);
    }

    private void holdAll(IntConsumer hold) {
        for (int i = holding.getAndIncrement(); i < WAITERS; i = holding.getAndIncrement()) hold.accept(i);
    }

    private void untilAllHaveCome(Runnable step) {
        untilAllHaveCome(WAITERS, step);
    }

    private void untilAllHaveEnded(Runnable step) {
        while (over.get() < WAITERS) {
            step.run();
            Thread.yield();
        }
    }

    private void untilAllHaveCome(int count, Runnable step) {
        while (holding.get() < count) {
            step.run();
            Thread.yield();
        }
    }
}
