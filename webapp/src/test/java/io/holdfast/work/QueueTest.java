// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.work.Queue.Match;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What happens to a queue, step by step. */
class QueueTest {
    private static final int USUAL = 3;

    private long now = 1_000_000;
    private Queue queue = Queue.EMPTY;

    private Queue step(Step... steps) {
        for (Step step : steps) queue = step.applyTo(queue, now);
        queue = queue.matched(now);
        return queue;
    }

    private void enter(String ticket, int urgency) {
        step(Step.entered(ticket, "a", urgency, 0));
    }

    private List<String> waiting() {
        return queue.tickets().stream().map(Queue.Ticket::id).toList();
    }

    private List<String> idle() {
        return queue.slots().stream().map(Queue.Slot::id).toList();
    }

    private static String pair(Match match) {
        return match.ticket().id() + match.slot().id();
    }

    private List<String> pairs() {
        return queue.matches().stream().map(QueueTest::pair).toList();
    }

    @Test
    void whoComesFirstIsFirstAndTheMoreUrgentBefore() {
        enter("1", USUAL);
        enter("2", USUAL);
        enter("3", 7);
        enter("4", 0);
        enter("5", USUAL);

        assertEquals(List.of("4", "1", "2", "5", "3"), waiting());
        assertEquals(2, queue.place("2").before());
        assertEquals(QueuePlace.NONE, queue.place("6"));
    }

    @Test
    void whoWaitsIsToldInHowLongAsItHasGoneOnWhileSomebodyWaited() {
        for (int i = 0; i < 6; i++) enter("" + i, USUAL);
        assertEquals(new QueuePlace(5, 0), queue.place("5"));
        step(Step.offered("x", "b"));
        assertEquals(new QueuePlace(4, 0), queue.place("5"), "nobody knows how long the first would have waited");
        now += 4_000;
        step(Step.offered("y", "b"), Step.offered("z", "b"));
        assertEquals(new QueuePlace(2, 3 * 2_000), queue.place("5"));
        now += 10_000;
        step(Step.offered("v", "b"));
        assertEquals(new QueuePlace(1, 2 * 3_000), queue.place("5"));
        for (String worker : List.of("1", "2", "3")) step(Step.offered(worker, "b"));
        now += 1_000_000;
        enter("late", USUAL);
        enter("later", USUAL);
        assertEquals(new QueuePlace(0, queue.pace().interval()), queue.place("later"));
        assertTrue(queue.pace().interval() <= 3_000, "while nobody waited is not counted");
    }

    @Test
    void theFirstIsGivenTheWorkerThatHasBeenIdleLongest() {
        step(Step.offered("x", "b"), Step.offered("y", "c"));
        enter("1", USUAL);
        enter("2", USUAL);
        enter("3", USUAL);

        assertEquals(List.of("1x", "2y"), pairs());
        assertEquals(List.of("3"), waiting());
        assertEquals(List.of(), idle());
        long first = queue.matches().get(0).token(),
                second = queue.matches().get(1).token();
        assertTrue(first < second);
    }

    @Test
    void aWorkerOfTheSameMemberIsNearer() {
        step(Step.offered("far", "b"), Step.offered("near", "a"));
        enter("1", USUAL);

        assertEquals(List.of("1near"), pairs());
    }

    @Test
    void whoseWorkerWasNotThereStandsWhereItStood() {
        step(Step.offered("x", "b"));
        enter("1", USUAL);
        enter("2", USUAL);
        Match match = queue.matches().get(0);
        step(Step.entered("1", "a", USUAL, match.ticket().number()));

        assertEquals(List.of("1", "2"), waiting());
        assertEquals(List.of(), pairs());
        step(Step.settled(match.token()), Step.offered("y", "b"));
        assertEquals(List.of("1y"), pairs());
    }

    @Test
    void aStepThatIsRepeatedChangesNothing() {
        enter("1", USUAL);
        Queue before = queue;
        assertSame(before, Step.entered("1", "a", USUAL, 0).applyTo(queue, now));
        step(Step.offered("x", "b"));
        before = queue;
        assertSame(before, Step.offered("x", "b").applyTo(queue, now));
        assertSame(before, Step.entered("1", "a", USUAL, 0).applyTo(queue, now));
        assertSame(before, Step.withdrawn("1").applyTo(queue, now));
        assertSame(before, Step.left("x").applyTo(queue, now));
        assertSame(before, Step.settled(1).applyTo(queue, now));
        assertSame(before, Step.freed(1).applyTo(queue, now));
    }

    @Test
    void aWorkerThatNobodyWantsIsIdleAgain() {
        step(Step.offered("x", "b"));
        enter("1", USUAL);
        step(Step.freed(queue.matches().get(0).token()));

        assertEquals(List.of("x"), idle());
        assertEquals(List.of(), pairs());
    }

    @Test
    void withAMemberGoesWhoeverWasThereAndTheOthersAreFree() {
        step(Step.offered("x", "lost"), Step.offered("y", "b"));
        step(Step.entered("1", "a", USUAL, 0), Step.entered("2", "lost", USUAL, 0));
        assertEquals(List.of("1x", "2y"), pairs());
        step(Step.entered("3", "lost", USUAL, 0), Step.lost("lost"));

        assertEquals(List.of("1y"), pairs(), "the request of the one has the worker of the other");
        assertEquals(List.of(), waiting());
        assertEquals(Set.of("a", "b"), queue.members());
    }

    @Test
    void bothSidesOfASplitAreJoined() {
        enter("0", USUAL);
        Queue before = queue;
        enter("1", USUAL);
        step(Step.offered("x", "b"));
        Queue one = queue;
        queue = before;
        enter("2", 0);
        step(Step.offered("y", "c"));
        Queue joined = Queue.join(one, queue);

        assertEquals(
                List.of("1"), joined.tickets().stream().map(Queue.Ticket::id).toList());
        assertEquals(
                List.of("0x", "2y"),
                joined.matches().stream().map(QueueTest::pair).toList());
        assertSame(one, Queue.join(one, null));
    }

    @Test
    void aTurnIsAppliedOnceAndForgottenInTheEnd() {
        UUID origin = UUID.randomUUID();
        Queue done = queue.done(origin, 5, now);

        assertTrue(done.hasDone(origin, 5));
        assertTrue(done.hasDone(origin, 4));
        assertFalse(done.hasDone(origin, 6));
        assertFalse(done.isOver(now));
        assertTrue(done.isOver(now + 11 * 60_000));
        enter("1", USUAL);
        assertFalse(queue.done(origin, 5, now).isOver(now + 11 * 60_000));
    }

    /** Whatever happens in whatever order: nobody is twice in a queue, nobody waits beside an idle worker, tokens grow. */
    @Test
    void nobodyIsTwiceInAQueue() {
        Random random = new Random(20_261_121);
        Set<Long> tokens = new HashSet<>();
        List<Match> given = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(2);
            String name = Integer.toString(random.nextInt(12)), member = Integer.toString(random.nextInt(3));
            Match match = given.isEmpty() ? null : given.get(random.nextInt(given.size()));
            long newest = queue.last();
            step(
                    switch (random.nextInt(8)) {
                        case 0, 1 -> Step.entered("t" + name, member, random.nextInt(8), 0);
                        case 2, 3 -> Step.offered("s" + name, member);
                        case 4 -> Step.withdrawn("t" + name);
                        case 5 -> Step.left("s" + name);
                        case 6 -> match == null ? Step.looked() : Step.settled(match.token());
                        default ->
                            match == null || random.nextBoolean()
                                    ? Step.lost(member)
                                    : Step.entered(
                                            match.ticket().id(),
                                            match.ticket().member(),
                                            match.ticket().urgency(),
                                            match.ticket().number());
                    });
            for (Match each : queue.matches())
                if (each.token() > newest) {
                    assertTrue(tokens.add(each.token()), "a token is given once");
                    given.add(each);
                }
            assertTrue(queue.tickets().isEmpty() || queue.slots().isEmpty(), "somebody waits beside an idle worker");
            List<String> all = new ArrayList<>(waiting());
            queue.matches().forEach(each -> all.add(each.ticket().id()));
            assertEquals(all.size(), Set.copyOf(all).size(), () -> "twice: " + all);
        }
    }

    @Test
    void aTicketThatComesFromAnotherMemberHasItsPlaceThere() {
        Queue moved = Queue.EMPTY
                .entered(new Queue.Ticket("a", "home", 3, 0), 10)
                .entered(new Queue.Ticket("b", "home", 3, 0), 20)
                .entered(new Queue.Ticket("a", "other", 3, 10), 30);

        assertEquals(
                List.of(new Queue.Ticket("a", "other", 3, 10), new Queue.Ticket("b", "home", 3, 20)), moved.tickets());
        assertEquals(1, moved.lost("home").tickets().size());
    }
}
