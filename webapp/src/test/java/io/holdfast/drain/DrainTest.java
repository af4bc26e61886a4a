// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.drain.Drain.State;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.QueueExecutor;
import io.holdfast.testing.RecordingSink;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The order in which a member goes out of service, with a clock that the test moves. */
class DrainTest {
    private static final Duration DELAY = Duration.ofSeconds(3), WINDOW = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_000);
    private final QueueExecutor executor = new QueueExecutor();
    private final Waiters waiters =
            new Waiters(new WaiterLimits(100, 4), time, time, executor, (ending, held, released) -> {});
    private final Drain drain = new Drain(waiters, time.clocks(), executor, new DrainOptions(DELAY, WINDOW));
    private final List<String> doors = new ArrayList<>();

    private RecordingSink<Integer> hold() {
        RecordingSink<Integer> sink = new RecordingSink<>();
        waiters.hold(new Key<Integer>("room", "k"), Duration.ofMinutes(1), state -> true, sink);
        return sink;
    }

    private void pass(Duration step) {
        time.advance(step);
        executor.runAll();
        time.advance(Duration.ZERO); // The release has begun steps of its own.
        executor.runAll();
    }

    private static boolean isOver(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isDone();
    }

    @Test
    void aMemberInServiceIsReady() {
        assertEquals(State.SERVING, drain.state());
        assertTrue(drain.reason().isEmpty());
        assertFalse(drain.hasBegun());
    }

    @Test
    void everythingIsHeldForTheDelayAndAnsweredOnlyThen() {
        RecordingSink<Integer> before = hold();
        CompletionStage<Void> over = drain.begin();
        assertEquals(State.DELAYING, drain.state());
        assertTrue(
                drain.reason().orElseThrow().contains("3.0 s"), drain.reason().orElseThrow());
        pass(Duration.ofMillis(2_999));
        RecordingSink<Integer> during = hold();
        assertTrue(before.isHeld() && during.isHeld());
        assertFalse(isOver(over));

        pass(Duration.ofMillis(1));

        assertFalse(hold().isHeld(), "it is refused");
        pass(WINDOW);
        assertFalse(before.isHeld() || during.isHeld());
        assertEquals(State.DRAINED, drain.state());
        assertTrue(isOver(over));
        assertTrue(drain.reason().isPresent());
    }

    @Test
    void aDrainIsTakenBackAsLongAsEverythingIsServed() {
        RecordingSink<Integer> held = hold();
        drain.begin();
        pass(Duration.ofSeconds(2));
        assertTrue(drain.takeBack());
        assertTrue(drain.reason().isEmpty());
        pass(Duration.ofMinutes(1).minus(Duration.ofSeconds(3)));
        assertTrue(held.isHeld() && hold().isHeld());

        CompletionStage<Void> over = drain.begin();
        pass(DELAY);
        assertFalse(drain.takeBack(), "held requests are being answered");
        pass(WINDOW);
        assertFalse(drain.takeBack());
        assertTrue(isOver(over));
    }

    /** Race: a drain that is taken back and begun anew against the release of the first, which runs late. */
    @Test
    void theReleaseOfADrainThatWasTakenBackReleasesNothing() {
        RecordingSink<Integer> held = hold();
        drain.begin();
        time.advance(DELAY); // Its release waits in the executor.
        assertTrue(drain.takeBack());
        drain.begin();
        executor.runAll();

        assertTrue(held.isHeld());
        assertEquals(State.DELAYING, drain.state());
    }

    @Test
    void aSecondBeginningShortensTheDelayButNeverLengthensIt() {
        drain.begin();
        drain.begin(Duration.ofMinutes(5));
        pass(Duration.ofSeconds(1));
        assertEquals(
                Duration.ofSeconds(2), Objects.requireNonNull(drain.progress().remaining()));

        CompletionStage<Void> over = drain.begin(Duration.ZERO);
        pass(Duration.ZERO);

        assertTrue(isOver(over));
        assertTrue(isOver(drain.begin()));
    }

    @Test
    void behindAClosedDoorRequestsAreHeldUntilTheWindowIsOver() {
        RecordingSink<Integer> before = hold();
        CompletionStage<Void> over = drain.begin(() -> doors.add(drain.state() + " " + before.isHeld()));
        assertEquals(List.of(), doors);
        drain.begin(Duration.ZERO);
        pass(Duration.ZERO);
        assertEquals(List.of("releasing true"), doors);

        RecordingSink<Integer> late = hold();

        assertFalse(before.isHeld());
        assertTrue(late.isHeld());
        pass(WINDOW.minusMillis(1));
        assertTrue(late.isHeld());
        assertFalse(isOver(over));
        pass(Duration.ofMillis(1));
        assertFalse(late.isHeld() || hold().isHeld());
        assertTrue(isOver(over));
    }

    @Test
    void aDoorThatFailsRefusesInstead() {
        CompletionStage<Void> over = drain.begin(() -> {
            throw new IllegalStateException("stuck");
        });
        pass(DELAY);

        assertFalse(hold().isHeld());
        assertTrue(isOver(over));
    }

    @Test
    void waitsOfTheMemberItselfEndWithTheLastClient() {
        RecordingSink<Integer> own = new RecordingSink<>();
        waiters.holdOwn(List.of(new Key<Integer>("room", "k")), Duration.ofMinutes(1), state -> true, own);
        RecordingSink<Integer> first = hold(), second = hold();
        drain.begin(Duration.ZERO);
        pass(Duration.ZERO);
        assertTrue(own.isHeld());
        assertTrue(first.isHeld() ^ second.isHeld());

        pass(WINDOW);

        assertFalse(own.isHeld() || first.isHeld() || second.isHeld());
    }
}
