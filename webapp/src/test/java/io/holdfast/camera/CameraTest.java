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

/** What happens to a camera, step by step. */
class CameraTest {
    private static final long AGAIN = 5_000, LATER = 60_000;

    private long now = 1_000_000;
    private Camera camera = Camera.UNKNOWN;

    private Camera step(Step step) {
        camera = step.applyTo(camera, now, AGAIN);
        return camera;
    }

    private long ask(String member) {
        return step(Step.asked(member, now + LATER)).asked();
    }

    private void poll(String member, long count) {
        step(Step.polled(member, count, false, now + LATER));
    }

    private boolean isTold(String poll) {
        return step(Step.told(poll)).isToldTo(poll);
    }

    private void dump(String id, long answers) {
        step(Step.dumped(new Dump(id, answers, 10, 1, now)));
    }

    private boolean isDue() {
        return camera.isDue(now, AGAIN);
    }

    @Test
    void aQuestionIsToldOnceAndAnsweredByTheNextDump() {
        poll("a", 1);
        assertFalse(isDue());
        long first = ask("b"), second = ask("c");
        assertTrue(isTold("a-1"));
        poll("a", 2);
        assertFalse(isDue());
        long joining = ask("b");
        assertFalse(isDue(), "it delivers anyway");

        long answers = step(Step.coming()).asked();
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
    void whatCameOfNothingIsToldAgain() {
        ask("b");
        poll("a", 1);
        assertTrue(isTold("a-1"));
        poll("a", 2);
        now += AGAIN - 1;
        assertFalse(isDue());
        now++;
        assertTrue(isDue());
        step(Step.coming());
        assertFalse(isDue(), "it has begun");
    }

    @Test
    void whatDidNotReachTheCameraIsThereForItsNextPoll() {
        ask("b");
        poll("a", 1);
        assertTrue(isTold("a-1"));
        step(Step.untold("a-1"));
        poll("c", 1);
        assertTrue(isTold("c-1"));
        assertSame(camera, step(Step.untold("a-1")), "another was told since");
    }

    @Test
    void nobodyIsWokenForWhoHasLeft() {
        long question = ask("b");
        poll("a", 1);
        step(Step.unasked("b", question - 1));
        assertTrue(isDue(), "another has asked since");
        step(Step.unasked("b", question));
        assertFalse(isDue());
        ask("b");
        now += LATER;
        assertFalse(isDue(), "the time is up");
    }

    @Test
    void onlyTheNewestPollIsToldAndAnOldOneOfTheSameMemberChangesNothing() {
        poll("a", 2);
        assertSame(camera, step(Step.polled("a", 1, false, now)));
        assertEquals(1, camera.polls());
        poll("b", 1);
        ask("c");
        assertFalse(isTold("a-2"));
        step(Step.left("a-2"));
        assertNotNull(camera.poll());
        step(Step.left("b-1"));
        assertNull(camera.poll());
    }

    @Test
    void aPollSaysWhichMemberHeldTheOneThatItReplaced() {
        poll("a", 1);
        assertEquals("", former(), "it is the first");
        poll("a", 2);
        assertEquals("a", former());
        poll("b", 1);
        assertEquals("a", former());
        step(Step.left("b-1"));
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
        step(Step.commanded("one", new byte[] {'1'}, now + LATER));
        poll("a", 1);
        assertFalse(isDue(), "that poll takes none");
        step(Step.polled("b", 1, true, now + LATER));
        assertTrue(isTold("b-1"));
        assertFalse(camera.update());
        assertEquals(1, camera.commandsFor("b-1").size());
        step(Step.withdrawn("one"));
        assertTrue(camera.command("one").isPresent(), "it may be done");
        step(Step.replied("one", new byte[] {'2'}));
        step(Step.replied("one", new byte[] {'3'}));
        assertEquals('2', camera.command("one").orElseThrow().reply()[0]);

        step(Step.commanded("two", new byte[] {'1'}, now + LATER));
        step(Step.withdrawn("two"));
        assertTrue(camera.command("two").isEmpty());
    }

    @Test
    void aCameraHasSoManyCommandsToDoAndNoMore() {
        for (int i = 0; i < Camera.MOST_COMMANDS; i++) assertTrue(isCommanded("c" + i));
        assertFalse(isCommanded("more"));
        step(Step.replied("c0", new byte[] {'1'}));
        assertTrue(isCommanded("another"), "one is done");
        assertFalse(isCommanded("more"));
        now += LATER;
        assertTrue(isCommanded("late"), "nobody waits for the others any more");
    }

    private boolean isCommanded(String id) {
        return step(Step.commanded(id, new byte[] {'1'}, now + LATER))
                .command(id)
                .isPresent();
    }

    @Test
    void aTurnIsAppliedOnce() {
        UUID origin = UUID.randomUUID();
        assertFalse(camera.hasDone(origin, 1));
        camera = camera.done(origin, 2, now);
        assertTrue(camera.hasDone(origin, 1));
        assertTrue(camera.hasDone(origin, 2));
        assertFalse(camera.hasDone(origin, 3));
        assertFalse(camera.hasDone(UUID.randomUUID(), 1));
    }

    @Test
    void aCameraThatHasLongBeenAwayIsForgotten() {
        poll("a", 1);
        assertFalse(camera.isOver(now + 30 * LATER, LATER * 60));
        step(Step.left("a-1"));
        assertFalse(camera.isOver(now + 11 * LATER, 2 * LATER));
        assertTrue(camera.isOver(now + 13 * LATER, 2 * LATER));
        now += 13 * LATER;
        ask("b");
        assertFalse(camera.isOver(now, 2 * LATER));
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
        step(Step.commanded("c", new byte[] {'1'}, now + LATER));
        for (Camera joined : new Camera[] {Camera.join(one, camera), Camera.join(camera, one)}) {
            assertTrue(joined.answerTo(question).isPresent());
            assertTrue(joined.isAskedBy("a", now) && joined.isAskedBy("b", now));
            assertTrue(joined.command("c").isPresent());
            assertNull(joined.poll());
            assertTrue(joined.polls() > camera.polls(), "polls end, and come again");
        }
    }
}
