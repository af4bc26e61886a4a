// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The life of a camera, step by step. */
class CameraTest {
    private static final long AGAIN = 5_000, LATER = 60_000;

    private long now = 1_000_000;
    private Camera camera = Camera.UNKNOWN;

    private Camera step(CameraStep step) {
        camera = step.apply(camera, now);
        return camera;
    }

    private long ask(String member) {
        return step(new CameraStep.Ask(member, now + LATER)).asked();
    }

    private void poll(String member, long count) {
        step(new CameraStep.StartPoll(member, count, false, now + LATER));
    }

    private boolean isTold(String poll) {
        return step(new CameraStep.TellPoll(poll, AGAIN)).isToldTo(poll);
    }

    private void dump(String id, long answers) {
        step(new CameraStep.KeepDump(new Dump(id, answers, 10, 1, now)));
    }

    private boolean isDue() {
        return camera.isDue(now, AGAIN);
    }

    @Test
    void aQuestionWakesTheCameraOnceAndIsAnsweredByTheNextDump() {
        poll("a", 1);
        assertFalse(isDue());
        long first = ask("b"), second = ask("c");
        assertTrue(isTold("a-1"));
        poll("a", 2);
        assertFalse(isDue());
        long joining = ask("b");
        assertFalse(isDue(), "it delivers anyway");

        long answers = step(new CameraStep.Deliver()).asked();
        long late = ask("c");
        dump("d", answers);

        assertTrue(camera.answerTo(first).isPresent());
        assertTrue(camera.answerTo(second).isPresent());
        assertTrue(camera.answerTo(joining).isPresent());
        assertTrue(camera.answerTo(late).isEmpty());
        assertTrue(isDue(), "for who came too late");
        assertTrue(isTold("a-2"));
    }

    @Test
    void aWakeUpWithoutADeliveryIsRepeated() {
        ask("b");
        poll("a", 1);
        assertTrue(isTold("a-1"));
        poll("a", 2);
        now += AGAIN - 1;
        assertFalse(isDue());
        now++;
        assertTrue(isDue());
        step(new CameraStep.Deliver());
        assertFalse(isDue(), "it has begun");
    }

    @Test
    void aWakeUpThatDidNotReachTheCameraStaysForItsNextPoll() {
        ask("b");
        poll("a", 1);
        assertTrue(isTold("a-1"));
        step(new CameraStep.UndoTell("a-1"));
        poll("c", 1);
        assertTrue(isTold("c-1"));
        assertSame(camera, step(new CameraStep.UndoTell("a-1")), "another was told since");
    }

    @Test
    void theCameraIsNotWokenForUsersWhoHaveLeft() {
        long question = ask("b");
        poll("a", 1);
        step(new CameraStep.StopAsking("b", question - 1));
        assertTrue(isDue(), "another has asked since");
        step(new CameraStep.StopAsking("b", question));
        assertFalse(isDue());
        ask("b");
        now += LATER;
        assertFalse(isDue(), "the time is up");
    }

    @Test
    void onlyTheNewestPollIsAnsweredAndAnOldOneOfTheSameMemberChangesNothing() {
        poll("a", 2);
        assertSame(camera, step(new CameraStep.StartPoll("a", 1, false, now)));
        assertEquals(1, camera.polls());
        poll("b", 1);
        ask("c");
        assertFalse(isTold("a-2"));
        step(new CameraStep.EndPoll("a-2"));
        assertNotNull(camera.poll());
        step(new CameraStep.EndPoll("b-1"));
        assertNull(camera.poll());
    }

    @Test
    void aPollReturnsTheMemberThatHeldTheReplacedOne() {
        poll("a", 1);
        assertEquals("", former(), "it is the first");
        poll("a", 2);
        assertEquals("a", former());
        poll("b", 1);
        assertEquals("a", former());
        step(new CameraStep.EndPoll("b-1"));
        poll("a", 3);
        assertEquals("", former(), "its time was up");
        ask("c");
        assertTrue(isTold("a-3"));
        poll("b", 2);
        assertEquals("", former(), "it was told");
    }

    private String former() {
        return Optional.ofNullable(camera.poll()).orElseThrow().former();
    }

    @Test
    void aDumpThatIsOvertakenIsNotShown() {
        long first = ask("b"), second = ask("b");
        dump("new", second);
        dump("old", first);
        assertEquals("new", id(camera.dump()));
        assertEquals("old", id(camera.former()));
        dump("newest", second);
        assertEquals("newest", id(camera.dump()));
        assertEquals("new", id(camera.former()));
    }

    private static @Nullable String id(@Nullable Dump dump) {
        return dump == null ? null : dump.id();
    }

    @Test
    void questionsGoOnGrowingWhereTheStateWasLost() {
        long before = ask("a");
        camera = Camera.UNKNOWN;
        now++;
        assertTrue(ask("a") > before);
    }

    @Test
    void aCommandIsTakenOnceAndWithdrawnOnlyBefore() {
        step(new CameraStep.AddCommand("one", new byte[] {'1'}, now + LATER));
        poll("a", 1);
        assertFalse(isDue(), "that poll takes none");
        step(new CameraStep.StartPoll("b", 1, true, now + LATER));
        assertTrue(isTold("b-1"));
        assertFalse(camera.update());
        assertEquals(1, camera.commandsFor("b-1").size());
        step(new CameraStep.WithdrawCommand("one"));
        assertTrue(camera.command("one").isPresent(), "it may be done");
        step(new CameraStep.Reply("one", new byte[] {'2'}));
        step(new CameraStep.Reply("one", new byte[] {'3'}));
        assertEquals('2', camera.command("one").orElseThrow().reply()[0]);

        step(new CameraStep.AddCommand("two", new byte[] {'1'}, now + LATER));
        step(new CameraStep.WithdrawCommand("two"));
        assertTrue(camera.command("two").isEmpty());
    }

    @Test
    void aCameraHasSoManyCommandsToDoAndNoMore() {
        for (int i = 0; i < Camera.MOST_COMMANDS; i++) assertTrue(isCommanded("c" + i));
        assertFalse(isCommanded("more"));
        step(new CameraStep.Reply("c0", new byte[] {'1'}));
        assertTrue(isCommanded("another"), "one is done");
        assertFalse(isCommanded("more"));
        now += LATER;
        assertTrue(isCommanded("late"), "nobody waits for the others any more");
    }

    private boolean isCommanded(String id) {
        return step(new CameraStep.AddCommand(id, new byte[] {'1'}, now + LATER))
                .command(id)
                .isPresent();
    }

    @Test
    void aTurnIsAppliedOnce() {
        UUID origin = UUID.randomUUID();
        Camera.Keeping rules = new Camera.Keeping();
        assertFalse(rules.isApplied(camera, origin, 1));
        camera = rules.applied(camera, origin, 2, now);
        assertTrue(rules.isApplied(camera, origin, 1));
        assertTrue(rules.isApplied(camera, origin, 2));
        assertFalse(rules.isApplied(camera, origin, 3));
        assertFalse(rules.isApplied(camera, UUID.randomUUID(), 1));
    }

    @Test
    void aCameraThatHasLongBeenAwayIsForgotten() {
        poll("a", 1);
        assertFalse(new Camera.LongAbsent(now + 30 * LATER, LATER * 60, false).matches(camera));
        step(new CameraStep.EndPoll("a-1"));
        assertFalse(new Camera.LongAbsent(now + 11 * LATER, 2 * LATER, false).matches(camera));
        assertTrue(new Camera.LongAbsent(now + 13 * LATER, 2 * LATER, false).matches(camera));
        now += 13 * LATER;
        ask("b");
        assertFalse(new Camera.LongAbsent(now, 2 * LATER, false).matches(camera));
    }

    @Test
    void theSidesOfASplitAreJoined() {
        poll("a", 1);
        long question = ask("a");
        Camera one = camera;
        now += 10;
        poll("b", 1);
        long other = ask("b");
        dump("d", other);
        step(new CameraStep.AddCommand("c", new byte[] {'1'}, now + LATER));
        for (Camera joined : new Camera[] {one.joined(camera), camera.joined(one)}) {
            assertTrue(joined.answerTo(question).isPresent());
            assertTrue(joined.isAskedBy("a", now) && joined.isAskedBy("b", now));
            assertTrue(joined.command("c").isPresent());
            assertNull(joined.poll());
            assertTrue(joined.polls() > camera.polls(), "polls end, and come again");
        }
    }
}
