// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import io.holdfast.testing.QueueExecutor;
import io.holdfast.testing.RecordingSink;
import io.holdfast.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of waiters, with time that moves on command and an executor that runs on command. */
class WaitersTest {
    private static final Key<Integer> KEY = new Key<>("room", "a"), OTHER = new Key<>("room", "b");
    private static final Key<Integer> THIRD = new Key<>("elsewhere", "c");
    private static final List<Key<Integer>> ALL = List.of(KEY, OTHER, THIRD);
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime();
    private final QueueExecutor executor = new QueueExecutor();
    private final Recorded observed = new Recorded();
    private final Waiters waiters = waiters(100, 4);

    private Waiters waiters(int maxHeld, int batch) {
        return new Waiters(new WaiterLimits(maxHeld, batch), time, time, executor, observed);
    }

    private Waiter<Integer> hold(Key<Integer> key, int seen, Sink<Integer> sink) {
        return waiters.hold(key, WAIT, state -> state > seen, sink);
    }

    private Waiter<Integer> hold(List<Key<Integer>> keys, int seen, Sink<Integer> sink) {
        return waiters.hold(keys, WAIT, state -> state > seen, sink);
    }

    private RecordingSink<Integer> held(Key<Integer> key, int seen) {
        RecordingSink<Integer> sink = new RecordingSink<>();
        hold(key, seen, sink);
        return sink;
    }

    private List<RecordingSink<Integer>> held(int count) {
        List<RecordingSink<Integer>> sinks = new ArrayList<>();
        for (int i = 0; i < count; i++) sinks.add(held(new Key<>("room", Integer.toString(i)), 0));
        return sinks;
    }

    private static long heldOf(List<RecordingSink<Integer>> sinks) {
        return sinks.stream().filter(RecordingSink::isHeld).count();
    }

    /** After any test, only waiters that are still held may be left of it. */
    @AfterEach
    void theBooksBalance() {
        executor.runAll();
        assertEquals(
                waiters.stats().held(), time.waiting(), "every held waiter has one deadline, every ended one none");
        if (waiters.stats().held() == 0) assertEquals(0, waiters.stats().keys());
    }

    @Test
    void aWaiterThatIsOfferedAStatePastWhatItHasSeenIsReleasedWithIt() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        Waiter<Integer> waiter = hold(KEY, 5, sink);

        waiter.offer(6);

        assertEquals(new Outcome<>(Ending.RELEASED, 6), sink.outcome());
        assertEquals(new WaiterStats(0, 0, 100, false, 0), waiters.stats());
        assertEquals(0, time.waiting());
    }

    @Test
    void aWaiterThatIsOfferedWhatItHasSeenStaysHeld() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        Waiter<Integer> waiter = hold(KEY, 5, sink);

        waiter.offer(5);

        assertTrue(sink.isHeld());
        assertEquals(new WaiterStats(1, 1, 100, false, 0), waiters.stats());
    }

    @Test
    void anUnseenWaiterIsNeitherCountedNorReleasedNorDrainedAndTakesWhatItIsOffered() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        Waiter<Integer> waiter = waiters.holdUnseen(KEY, WAIT, sink);
        waiters.release(KEY, 1);
        waiters.drain(Duration.ZERO);
        time.advance(Duration.ZERO);
        executor.runAll();
        assertEquals(new WaiterStats(0, 0, 100, true, 0), waiters.stats());
        assertTrue(sink.isHeld());
        assertFalse(waiter.hasEnded());

        waiter.offer(2);

        assertEquals(new Outcome<>(Ending.RELEASED, 2), sink.outcome());
        assertEquals(0, time.waiting());
    }

    @Test
    void anUnseenWaiterEndsAtItsDeadlineOrWhenItIsDropped() {
        RecordingSink<Integer> late = new RecordingSink<>(), gone = new RecordingSink<>();
        waiters.holdUnseen(KEY, WAIT, late);
        waiters.holdUnseen(KEY, WAIT, gone).gone();
        assertEquals(Ending.GONE, gone.ending());

        time.advance(WAIT);
        executor.runAll();

        assertEquals(Ending.TIMED_OUT, late.ending());
        assertEquals(new WaiterStats(0, 0, 100, false, 0), waiters.stats());
    }

    @Test
    void aReleaseEndsOnlyThoseForWhomTheStateHasMoved() {
        RecordingSink<Integer> behind = held(KEY, 4), upToDate = held(KEY, 5), elsewhere = held(OTHER, 4);

        waiters.release(KEY, 5);
        executor.runAll();

        assertEquals(5, behind.outcome().state());
        assertTrue(upToDate.isHeld());
        assertTrue(elsewhere.isHeld());
        assertEquals(2, waiters.stats().held());
    }

    @Test
    void aReleaseRunsNothingOnTheThreadThatReleases() {
        RecordingSink<Integer> sink = held(KEY, 0);

        waiters.release(KEY, 1);

        assertTrue(sink.isHeld());
        assertEquals(1, executor.size());
        executor.runAll();
        assertEquals(Ending.RELEASED, sink.ending());
    }

    @Test
    void aReleaseGoesOutInBatches() {
        List<RecordingSink<Integer>> sinks = new ArrayList<>();
        for (int i = 0; i < 10; i++) sinks.add(held(KEY, 0));

        waiters.release(KEY, 1);

        assertEquals(3, executor.size(), "ten waiters, four to a batch");
        executor.runNext();
        assertEquals(6, heldOf(sinks));
        executor.runNext();
        assertEquals(2, heldOf(sinks));
        executor.runNext();
        assertEquals(0, heldOf(sinks));
    }

    @Test
    void aReleaseOfAKeyWithoutWaitersDoesNothing() {
        waiters.release(KEY, 1);

        assertEquals(0, executor.size());
    }

    @Test
    void waitersOfOneKeyAreReleasedInTheOrderTheyCame() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            hold(KEY, 0, outcome -> order.add(number));
        }

        waiters.release(KEY, 1);
        executor.runAll();

        assertEquals(List.of(0, 1, 2, 3, 4, 5), order);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000})
    void aStateThatWasReadEarlierReleasesOnlyTheWaitersOfThatTime(long tickerStart) {
        ManualTime clock = new ManualTime(tickerStart);
        Waiters all = new Waiters(new WaiterLimits(10, 4), clock, clock, executor, observed);
        RecordingSink<Integer> early = new RecordingSink<>(), late = new RecordingSink<>();
        all.hold(KEY, WAIT, state -> true, early);
        long read = clock.nanos();
        clock.advance(Duration.ofMillis(5));
        all.hold(KEY, WAIT, state -> true, late);

        all.releaseEarlier(KEY, 3, read);
        executor.runAll();

        assertEquals(3, early.outcome().state());
        assertTrue(late.isHeld(), "it may have seen more than was read, also where the ticker overflows in between");
    }

    @Test
    void wouldReleaseLooksAndTouchesNothing() {
        RecordingSink<Integer> upToDate = held(KEY, 5), behind = held(KEY, 3);

        assertTrue(waiters.wouldRelease(KEY, 4));
        assertFalse(waiters.wouldRelease(KEY, 3));
        assertFalse(waiters.wouldRelease(OTHER, 9));
        assertTrue(upToDate.isHeld() && behind.isHeld());
    }

    @Test
    void awaitedKeysAreListed() {
        held(KEY, 0);
        held(OTHER, 0);
        held(new Key<>("elsewhere", "c"), 0);

        assertTrue(waiters.isAwaited(KEY));
        assertFalse(waiters.isAwaited(new Key<Integer>("room", "c")));
        assertEquals(
                List.of("a", "b"), waiters.awaitedIn("room").stream().sorted().toList());
    }

    @Test
    void aTimedOutWaiterEndsOnTheExecutorAndNotOnTheThreadOfTheTimer() {
        RecordingSink<Integer> sink = held(KEY, 0);

        time.advance(WAIT.minusNanos(1));
        assertEquals(0, executor.size());
        time.advance(Duration.ofNanos(1));

        assertTrue(sink.isHeld(), "the timer's thread only hands it over");
        executor.runAll();
        assertEquals(Ending.TIMED_OUT, sink.ending());
        assertEquals(0, waiters.stats().held());
    }

    @Test
    void aTimedOutWaiterIsNeverReleased() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        Waiter<Integer> waiter = hold(KEY, 0, sink);
        time.advance(WAIT);
        executor.runAll();

        waiter.offer(1);
        waiter.gone();
        waiters.release(KEY, 1);
        executor.runAll();

        assertEquals(Ending.TIMED_OUT, sink.ending());
    }

    @Test
    void aReleasedWaiterDoesNotTimeOut() {
        RecordingSink<Integer> sink = held(KEY, 0);
        waiters.release(KEY, 1);
        time.advance(WAIT);

        executor.runAll();

        assertEquals(Ending.RELEASED, sink.ending(), "the release came first, the deadline queued behind it");
    }

    @Test
    void aWaiterThatEndsBetweenTheReleaseAndItsBatchIsSkipped() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        Waiter<Integer> waiter = hold(KEY, 0, sink);
        waiters.release(KEY, 1);

        waiter.gone();
        executor.runAll();

        assertEquals(Ending.GONE, sink.ending());
    }

    @Test
    void aWaiterWhoseClientLeftEndsOnceAndLeavesNothing() {
        RecordingSink<Integer> sink = new RecordingSink<>(false);
        Waiter<Integer> waiter = hold(KEY, 0, sink);

        waiter.gone();
        waiter.gone();

        assertEquals(Ending.GONE, sink.ending());
        assertEquals(List.of(Ending.GONE), observed.endings());
        assertEquals(0, waiters.stats().held());
        assertEquals(0, time.waiting());
    }

    @Test
    void aReleaseThatFindsTheClientGoneCountsAsGone() {
        RecordingSink<Integer> sink = new RecordingSink<>(false);
        hold(KEY, 0, sink).offer(1);

        assertEquals(Ending.RELEASED, sink.ending(), "that is what the sink was asked to write");
        assertEquals(List.of(Ending.GONE), observed.endings(), "that is what came of it");
    }

    @Test
    void oneMoreThanTheRegistryMayHoldIsRefusedAndLaterThereIsRoomAgain() {
        Waiters two = waiters(2, 4);
        RecordingSink<Integer> first = new RecordingSink<>(), third = new RecordingSink<>();
        Waiter<Integer> waiter = two.hold(KEY, WAIT, state -> true, first);
        two.hold(KEY, WAIT, state -> true, new RecordingSink<>());

        two.hold(KEY, WAIT, state -> true, third);

        assertEquals(Ending.REFUSED, third.ending());
        assertEquals(new WaiterStats(2, 1, 2, false, 0), two.stats());
        waiter.gone();
        RecordingSink<Integer> fourth = new RecordingSink<>();
        two.hold(KEY, WAIT, state -> true, fourth);
        assertTrue(fourth.isHeld());
        two.release(KEY, 1);
        executor.runAll();
        assertEquals(new WaiterStats(0, 0, 2, false, 0), two.stats());
    }

    @Test
    void aWaiterOfTheMemberItselfIsHeldAlsoWhenTheRegistryIsFullUnlessItDrains() {
        Waiters one = waiters(1, 4);
        RecordingSink<Integer> own = new RecordingSink<>(), late = new RecordingSink<>();
        one.hold(KEY, WAIT, state -> true, new RecordingSink<>());

        one.holdOwn(List.of(KEY), WAIT, state -> true, own);

        assertTrue(own.isHeld());
        assertEquals(new WaiterStats(1, 1, 1, false, 1), one.stats());
        one.release(KEY, 1);
        executor.runAll();
        assertEquals(Ending.RELEASED, own.ending());
        assertEquals(new WaiterStats(0, 0, 1, false, 0), one.stats());
        one.refuse();
        one.holdOwn(List.of(KEY), WAIT, state -> true, late);
        assertEquals(Ending.REFUSED, late.ending());
    }

    @Test
    void aRefusedWaiterCannotEndAgain() {
        waiters.refuse();
        RecordingSink<Integer> sink = new RecordingSink<>();
        Waiter<Integer> waiter = hold(KEY, 0, sink);

        waiter.offer(1);
        waiter.gone();

        assertEquals(Ending.REFUSED, sink.ending());
        assertEquals(List.of(Ending.REFUSED), observed.endings());
    }

    @Test
    void heldWaitersStayWhileNewOnesAreRefused() {
        RecordingSink<Integer> held = held(KEY, 0);

        waiters.refuse();

        assertTrue(waiters.stats().draining());
        assertEquals(Ending.REFUSED, held(KEY, 0).ending());
        assertTrue(held.isHeld());
        waiters.release(KEY, 1);
        executor.runAll();
        assertEquals(Ending.RELEASED, held.ending());
    }

    @Test
    void aDrainIsSpreadEvenlyOverItsWindow() {
        List<RecordingSink<Integer>> sinks = held(40);

        boolean[] over = new boolean[1];
        waiters.drain(Duration.ofSeconds(1)).thenRun(() -> over[0] = true);

        long before = 40;
        for (int step = 0; step < 20; step++) {
            time.advance(step == 0 ? Duration.ZERO : Duration.ofMillis(50));
            executor.runAll();
            assertEquals(before - 2, heldOf(sinks), "after step " + step);
            before -= 2;
        }
        assertTrue(over[0]);
        sinks.forEach(sink -> assertEquals(Ending.DRAINED, sink.ending()));
        assertEquals(new WaiterStats(0, 0, 100, true, 0), waiters.stats());
    }

    @Test
    void aDrainEndsOnTheExecutorAndIsOverWhenTheLastSinkHasRun() {
        List<RecordingSink<Integer>> sinks = held(3);

        CompletionStage<Void> over = waiters.drain(Duration.ZERO);

        time.advance(Duration.ZERO);
        assertEquals(3, heldOf(sinks));
        assertFalse(over.toCompletableFuture().isDone());
        executor.runAll();
        assertEquals(0, heldOf(sinks));
        assertTrue(over.toCompletableFuture().isDone());
    }

    @Test
    void aDrainWithoutWaitersIsOverAtOnce() {
        CompletionStage<Void> over = waiters.drain(Duration.ofSeconds(5));

        time.advance(Duration.ZERO);
        executor.runAll();

        assertTrue(over.toCompletableFuture().isDone());
        assertEquals(0, time.waiting());
    }

    @Test
    void aReleaseDuringADrainIsStillAReleaseForThoseWhoseTurnHasNotCome() {
        List<RecordingSink<Integer>> sinks = held(2);
        waiters.drain(Duration.ofSeconds(1));
        time.advance(Duration.ZERO);
        executor.runAll();
        assertEquals(1, heldOf(sinks));

        for (int i = 0; i < 2; i++) waiters.release(new Key<>("room", Integer.toString(i)), 1);
        executor.runAll();
        time.advance(Duration.ofSeconds(1));
        executor.runAll();

        assertEquals(
                List.of(Ending.RELEASED, Ending.DRAINED),
                sinks.stream().map(RecordingSink::ending).sorted().toList());
    }

    @Test
    void aWaiterOfSeveralKeysCountsOnceAndIsFoundUnderEach() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        hold(ALL, 0, sink);

        assertEquals(new WaiterStats(1, 3, 100, false, 0), waiters.stats());
        for (Key<Integer> key : ALL) {
            assertTrue(waiters.isAwaited(key));
            assertEquals(1, waiters.waiting(key));
            assertTrue(waiters.wouldRelease(key, 1));
        }
        assertTrue(sink.isHeld());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theFirstKeyToMoveReleasesAWaiterOnceAndTakesItOutOfAll(int first) {
        List<RecordingSink<Integer>> others =
                ALL.stream().map(key -> held(key, 5)).toList();
        RecordingSink<Integer> sink = new RecordingSink<>();
        hold(ALL, 0, sink);
        List<RecordingSink<Integer>> later =
                ALL.stream().map(key -> held(key, 5)).toList();

        for (int i = 0; i < ALL.size(); i++) waiters.release(ALL.get((first + i) % ALL.size()), i + 1);
        executor.runAll();

        assertEquals(new Outcome<>(Ending.RELEASED, 1), sink.outcome());
        for (Key<Integer> key : ALL)
            assertEquals(2, waiters.waiting(key), "those before and behind it are still there");
        assertEquals(3, heldOf(others));
        assertEquals(3, heldOf(later));
    }

    @Test
    void howeverItEndsAWaiterOfSeveralKeysLeavesNothingUnderAnyOfThem() {
        RecordingSink<Integer> left = new RecordingSink<>(), timedOut = new RecordingSink<>();
        RecordingSink<Integer> drained = new RecordingSink<>(), refused = new RecordingSink<>();

        hold(ALL, 0, left).gone();
        assertEquals(new WaiterStats(0, 0, 100, false, 0), waiters.stats());
        hold(ALL, 0, timedOut);
        time.advance(WAIT);
        executor.runAll();
        assertEquals(new WaiterStats(0, 0, 100, false, 0), waiters.stats());
        hold(ALL, 0, drained);
        waiters.drain(Duration.ZERO);
        time.advance(Duration.ZERO);
        executor.runAll();
        hold(ALL, 0, refused);

        assertEquals(new WaiterStats(0, 0, 100, true, 0), waiters.stats());
        for (Key<Integer> key : ALL) assertEquals(0, waiters.waiting(key));
        assertEquals(List.of(Ending.GONE, Ending.TIMED_OUT, Ending.DRAINED, Ending.REFUSED), observed.endings());
    }

    @Test
    void aWaiterOfNoKeyIsAMistake() {
        assertThrows(IndexOutOfBoundsException.class, () -> hold(List.of(), 0, new RecordingSink<>()));
        assertEquals(new WaiterStats(0, 0, 100, false, 0), waiters.stats());
    }

    @Test
    void aDrainIsSpreadEvenlyAlsoOverWaitersOfSeveralKeys() {
        List<RecordingSink<Integer>> sinks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RecordingSink<Integer> sink = new RecordingSink<>();
            sinks.add(sink);
            hold(ALL, 0, sink);
        }

        waiters.drain(Duration.ofSeconds(1));

        for (int step = 0; step < 20; step++) {
            time.advance(step == 0 ? Duration.ZERO : Duration.ofMillis(50));
            executor.runAll();
            assertEquals(19 - step, heldOf(sinks), "after step " + step);
        }
    }

    @Test
    void aReleaseReportsItsCountAfterTheLastBatch() {
        List<Integer> said = new ArrayList<>();
        for (int i = 0; i < 10; i++) held(KEY, 0);

        waiters.release(KEY, 1, said::add);

        executor.runNext();
        executor.runNext();
        assertEquals(List.of(), said, "two of three batches are through");
        executor.runNext();
        assertEquals(List.of(10), said);
    }

    @Test
    void onlyThoseWhoseSinkTookTheStateCountAsReleased() {
        List<Integer> said = new ArrayList<>();
        held(KEY, 0);
        held(KEY, 5);
        hold(KEY, 0, new RecordingSink<>(false));
        hold(KEY, 0, outcome -> {
            throw new IllegalStateException("this sink fails on purpose");
        });
        Waiter<Integer> leaving = hold(KEY, 0, new RecordingSink<>());
        held(KEY, 0);

        waiters.release(KEY, 1, said::add);
        leaving.gone();
        executor.runAll();

        assertEquals(List.of(2), said, "not: up to date, gone, failed, and gone before its batch");
    }

    @Test
    void aReleaseWithoutWaitersReportsZeroAtOnce() {
        List<Integer> said = new ArrayList<>();

        waiters.release(KEY, 1, said::add);

        assertEquals(List.of(0), said);
        assertEquals(0, executor.size());
    }

    @Test
    void aWaiterOfTwoKeysThatBothMoveIsCountedByOneReleaseOnly() {
        List<Integer> said = new ArrayList<>();
        hold(List.of(KEY, OTHER), 0, new RecordingSink<>());
        held(OTHER, 0);

        waiters.release(KEY, 1, said::add);
        waiters.release(OTHER, 1, said::add);
        executor.runAll();

        assertEquals(List.of(1, 1), said, "the first released it, the second the other waiter");
    }

    @Test
    void theWaitersOfAKeyAreCounted() {
        assertEquals(0, waiters.waiting(KEY));
        Waiter<Integer> one = hold(KEY, 0, new RecordingSink<>());
        held(KEY, 0);
        held(OTHER, 0);

        assertEquals(2, waiters.waiting(KEY));
        assertFalse(one.hasEnded());
        one.gone();
        assertTrue(one.hasEnded());
        assertEquals(1, waiters.waiting(KEY));
    }

    /** Race: a drain against a registration that has not checked for it again yet; the test interrupts it in the timer. */
    @Test
    void aWaiterThatRegistersWhileADrainBeginsIsDrainedToo() {
        List<Runnable> meanwhile = new ArrayList<>();
        Waiters racing = new Waiters(new WaiterLimits(10, 4), time, interrupted(meanwhile), executor, observed);
        meanwhile.add(racing::refuse);
        RecordingSink<Integer> sink = new RecordingSink<>();

        racing.hold(KEY, WAIT, state -> true, sink);

        assertEquals(Ending.DRAINED, sink.ending());
        assertEquals(new WaiterStats(0, 0, 10, true, 0), racing.stats());
        assertEquals(0, time.waiting());
    }

    /** A release arrives after the registration, before the waiter knows its deadline. */
    @Test
    void aDeadlineIsCancelledWhenTheWaiterEndedBeforeItWasArmed() {
        List<Runnable> meanwhile = new ArrayList<>();
        Waiters racing = new Waiters(new WaiterLimits(10, 4), time, interrupted(meanwhile), executor, observed);
        meanwhile.add(() -> racing.release(KEY, 1));
        meanwhile.add(executor::runAll);
        RecordingSink<Integer> sink = new RecordingSink<>();

        racing.hold(KEY, WAIT, state -> true, sink);

        assertEquals(Ending.RELEASED, sink.ending());
        assertEquals(0, time.waiting(), "the deadline that came too late is cancelled");
    }

    /** The waiter ended before it looked again, and another waiter still waits for one of its keys. */
    @Test
    void aWaiterThatEndedWhileItWasRegisteredIsTakenOutOnce() {
        List<Runnable> meanwhile = new ArrayList<>();
        Waiters racing = new Waiters(new WaiterLimits(10, 4), time, interrupted(meanwhile), executor, observed);
        RecordingSink<Integer> other = new RecordingSink<>(), sink = new RecordingSink<>();
        racing.hold(KEY, WAIT, state -> state > 5, other);
        meanwhile.add(() -> racing.release(KEY, 1));
        meanwhile.add(executor::runAll);

        racing.hold(ALL, WAIT, state -> state > 0, sink);

        assertEquals(Ending.RELEASED, sink.ending());
        assertTrue(other.isHeld());
        assertEquals(1, racing.waiting(KEY));
        assertEquals(new WaiterStats(1, 1, 10, false, 0), racing.stats());
        racing.release(KEY, 6);
        executor.runAll();
        assertEquals(Ending.RELEASED, other.ending());
    }

    private Timer interrupted(List<Runnable> meanwhile) {
        return (delay, task) -> {
            Timer.Scheduled scheduled = time.after(delay, task);
            meanwhile.forEach(Runnable::run);
            return scheduled;
        };
    }

    @Test
    void aSinkThatThrowsDoesNotStopItsBatchAndCountsAsGone() {
        RecordingSink<Integer> before = held(KEY, 0);
        hold(KEY, 0, outcome -> {
            throw new IllegalStateException("this sink fails on purpose");
        });
        RecordingSink<Integer> after = held(KEY, 0);

        waiters.release(KEY, 1);
        assertEquals(1, executor.size(), "all three are in one batch");
        executor.runAll();

        assertEquals(Ending.RELEASED, before.ending());
        assertEquals(Ending.RELEASED, after.ending());
        assertEquals(List.of(Ending.RELEASED, Ending.GONE, Ending.RELEASED), observed.endings());
    }

    @Test
    void aSinkIsCalledWithNoLockHeldAndTheWaiterAlreadyForgotten() {
        List<WaiterStats> seen = new ArrayList<>();
        RecordingSink<Integer> next = new RecordingSink<>();
        hold(KEY, 0, outcome -> {
            seen.add(waiters.stats());
            // Inside a lock of the registry this would be refused by the map, or hang.
            return hold(KEY, 1, next) != null;
        });

        waiters.release(KEY, 1);
        executor.runAll();

        assertEquals(List.of(new WaiterStats(0, 0, 100, false, 0)), seen);
        assertTrue(next.isHeld(), "who comes back from within a sink is a new waiter");
    }

    @Test
    void theObserverLearnsHowLongTheHoldAndTheReleaseTook() {
        held(KEY, 0);
        time.advance(Duration.ofSeconds(2));
        waiters.release(KEY, 1);
        time.advance(Duration.ofMillis(7));
        executor.runAll();

        assertEquals(
                List.of(new Recorded.Seen(
                        Ending.RELEASED,
                        Duration.ofMillis(2007).toNanos(),
                        Duration.ofMillis(7).toNanos())),
                observed.seen());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void waitersOfAKeyAreFoundInWhateverOrderOthersLeave(long seed) {
        List<Waiter<Integer>> all = new ArrayList<>();
        List<RecordingSink<Integer>> sinks = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            RecordingSink<Integer> sink = new RecordingSink<>();
            sinks.add(sink);
            all.add(hold(KEY, 0, sink));
        }
        Collections.shuffle(all, new java.util.Random(seed));

        all.subList(0, 29).forEach(Waiter::gone);
        waiters.release(KEY, 1);
        executor.runAll();

        assertEquals(29, sinks.stream().filter(s -> s.ending() == Ending.GONE).count());
        assertEquals(
                1, sinks.stream().filter(s -> s.ending() == Ending.RELEASED).count());
    }

    @Test
    void onlyAReleaseCarriesAState() {
        refused(() -> new Outcome<>(Ending.RELEASED, null));
        refused(() -> new Outcome<>(Ending.TIMED_OUT, 1));
        assertEquals(1, new Outcome<>(Ending.RELEASED, 1).state());
        assertEquals(Ending.GONE, new Outcome<@Nullable Integer>(Ending.GONE, null).ending());
    }

    @Test
    void aKeyIsItsRoomAndItsName() {
        Key<Integer> key = new Key<>("room", "a");

        assertEquals(KEY, key);
        assertEquals(KEY.hashCode(), key.hashCode());
        assertNotEquals(KEY, OTHER);
        assertNotEquals(KEY, new Key<Integer>("elsewhere", "a"));
        assertNotEquals(KEY, (Object) "a");
    }

    @Test
    void limitsBelowOneAreRefused() {
        refused(() -> new WaiterLimits(0, 1));
        refused(() -> new WaiterLimits(1, 0));
        assertEquals(1, new WaiterLimits(1, 1).batch());
    }

    private static void refused(Supplier<?> making) {
        assertThrows(IllegalArgumentException.class, making::get);
    }
}
