// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.Applied;
import io.holdfast.work.queue.Queue.Match;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The life of a queue, step by step. */
class QueueTest {
    private static final int USUAL = 3;

    private long now = 1_000_000;
    private Queue queue = Queue.EMPTY;

    private Queue step(QueueStep... steps) {
        for (QueueStep step : steps) queue = step.apply(queue, now);
        queue = queue.matched(now);
        return queue;
    }

    private void enter(String request, int urgency) {
        step(entered(request, "a", urgency, 0));
    }

    private static QueueStep entered(String request, String member, int urgency, long number) {
        return new QueueStep.Enter(new Queue.Waiting(request, member, urgency, number), 100, false);
    }

    private static QueueStep offered(String worker, String member) {
        return new QueueStep.Offer(new Queue.Idle(worker, member, false));
    }

    private List<String> waiting() {
        return queue.waiting().stream().map(Queue.Waiting::id).toList();
    }

    private List<String> idle() {
        return queue.idle().stream().map(Queue.Idle::id).toList();
    }

    private static String pair(Match match) {
        return match.request().id() + match.worker().id();
    }

    private List<String> pairs() {
        return queue.matches().stream().map(QueueTest::pair).toList();
    }

    @Test
    void requestsWaitInOrderOfArrivalAndTheMoreUrgentBefore() {
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
    void theEstimateFollowsThePaceWhileRequestsWaited() {
        for (int i = 0; i < 6; i++) enter("" + i, USUAL);
        assertEquals(new QueuePlace(5, 0), queue.place("5"));
        step(offered("x", "b"));
        assertEquals(new QueuePlace(4, 0), queue.place("5"), "nobody knows how long the first would have waited");
        now += 4_000;
        step(offered("y", "b"), offered("z", "b"));
        assertEquals(new QueuePlace(2, 3 * 2_000), queue.place("5"));
        now += 10_000;
        step(offered("v", "b"));
        assertEquals(new QueuePlace(1, 2 * 3_000), queue.place("5"));
        for (String worker : List.of("1", "2", "3")) step(offered(worker, "b"));
        now += 1_000_000;
        enter("late", USUAL);
        enter("later", USUAL);
        assertEquals(new QueuePlace(0, queue.pace().interval()), queue.place("later"));
        assertTrue(queue.pace().interval() <= 3_000, "while nobody waited is not counted");
    }

    @Test
    void theFirstIsGivenTheWorkerThatHasBeenIdleLongest() {
        step(offered("x", "b"), offered("y", "c"));
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
        step(offered("far", "b"), offered("near", "a"));
        enter("1", USUAL);

        assertEquals(List.of("1near"), pairs());
    }

    @Test
    void aRequestWhoseWorkerWasAbsentKeepsItsPlace() {
        step(offered("x", "b"));
        enter("1", USUAL);
        enter("2", USUAL);
        Match match = queue.matches().get(0);
        step(entered("1", "a", USUAL, match.request().number()));

        assertEquals(List.of("1", "2"), waiting());
        assertEquals(List.of(), pairs());
        step(new QueueStep.Settle(match.token()), offered("y", "b"));
        assertEquals(List.of("1y"), pairs());
    }

    @Test
    void aStepThatIsRepeatedChangesNothing() {
        enter("1", USUAL);
        Queue before = queue;
        assertSame(before, entered("1", "a", USUAL, 0).apply(queue, now));
        step(offered("x", "b"));
        before = queue;
        assertSame(before, offered("x", "b").apply(queue, now));
        assertSame(before, entered("1", "a", USUAL, 0).apply(queue, now));
        assertSame(before, new QueueStep.Withdraw("1").apply(queue, now));
        assertSame(before, new QueueStep.Leave("x").apply(queue, now));
        assertSame(before, new QueueStep.Settle(1).apply(queue, now));
        assertSame(before, new QueueStep.Free(1).apply(queue, now));
    }

    @Test
    void aWorkerWhoseRequestIsGoneIsIdleAgain() {
        step(offered("x", "b"));
        enter("1", USUAL);
        step(new QueueStep.Free(queue.matches().get(0).token()));

        assertEquals(List.of("x"), idle());
        assertEquals(List.of(), pairs());
    }

    @Test
    void aLostMemberTakesItsRequestsAndWorkersAndTheOthersAreFree() {
        step(offered("x", "lost"), offered("y", "b"));
        step(entered("1", "a", USUAL, 0), entered("2", "lost", USUAL, 0));
        assertEquals(List.of("1x", "2y"), pairs());
        step(entered("3", "lost", USUAL, 0), new QueueStep.Lose("lost"));

        assertEquals(List.of("1y"), pairs(), "the request of the one has the worker of the other");
        assertEquals(List.of(), waiting());
        assertEquals(Set.of("a", "b"), queue.members());
    }

    @Test
    void bothSidesOfASplitAreJoined() {
        enter("0", USUAL);
        Queue before = queue;
        enter("1", USUAL);
        step(offered("x", "b"));
        Queue one = queue;
        queue = before;
        enter("2", 0);
        step(offered("y", "c"));
        Queue joined = one.joined(queue);

        assertEquals(
                List.of("1"), joined.waiting().stream().map(Queue.Waiting::id).toList());
        assertEquals(
                List.of("0x", "2y"),
                joined.matches().stream().map(QueueTest::pair).toList());
    }

    @Test
    void aTurnIsAppliedOnceAndForgottenInTheEnd() {
        UUID origin = UUID.randomUUID();
        Queue.Keeping rules = new Queue.Keeping("a");
        Queue done = rules.applied(queue, origin, 5, now);

        assertTrue(rules.isApplied(done, origin, 5));
        assertTrue(rules.isApplied(done, origin, 4));
        assertFalse(rules.isApplied(done, origin, 6));
        assertFalse(new Queue.LongEmpty(now, Applied.REPEATS_MILLIS).matches(done));
        assertTrue(new Queue.LongEmpty(now + 11 * 60_000, Applied.REPEATS_MILLIS).matches(done));
        enter("1", USUAL);
        assertFalse(new Queue.LongEmpty(now + 11 * 60_000, Applied.REPEATS_MILLIS)
                .matches(rules.applied(queue, origin, 5, now)));
    }

    private MemberView view(String member, Queue before, QueueStep... steps) {
        return MemberView.of(member, before, queue, List.of(steps));
    }

    @Test
    void aRequestForWhichThereIsNoRoomIsRefusedUnlessItWaitedBefore() {
        QueueStep first = new QueueStep.Enter(new Queue.Waiting("1", "a", USUAL, 0), 1, false),
                second = new QueueStep.Enter(new Queue.Waiting("2", "a", USUAL, 0), 1, false),
                returning = new QueueStep.Enter(new Queue.Waiting("3", "a", USUAL, 7), 1, false);
        step(first, second, returning);

        assertEquals(List.of("3", "1"), waiting());
        assertEquals(
                List.of("2"), view("a", Queue.EMPTY, first, second, returning).refused());
        step(offered("x", "b"));
        assertEquals(List.of(), view("a", Queue.EMPTY, returning, first).refused(), "matched is not refused");
    }

    @Test
    void aMemberSeesWhatConcernsItAndEverythingIfItLooks() {
        step(offered("x", "b"));
        enter("1", USUAL);
        Queue before = queue;
        step(offered("y", "c"), entered("2", "b", USUAL, 0), entered("3", "a", USUAL, 0), offered("z", "c"));
        enter("4", USUAL);

        MemberView news = view("b", before, offered("any", "b")), all = view("b", before, new QueueStep.Look());
        assertEquals(List.of("2y"), news.matches().stream().map(QueueTest::pair).toList());
        assertEquals(List.of(), news.members());
        assertEquals(
                List.of("1x", "2y"), all.matches().stream().map(QueueTest::pair).toList());
        assertEquals(List.of(), all.waiting());
        assertEquals(List.of("4"), view("a", before, new QueueStep.Look()).waiting());
        assertEquals(List.of("a", "b", "c"), all.members());
        step(new QueueStep.Withdraw("4"), offered("v", "b"));
        assertEquals(List.of("v"), view("b", before, new QueueStep.Look()).idle());
        assertEquals(List.of(), view("c", before, new QueueStep.Look()).idle());
    }

    /** In any order of steps, no request is twice in a queue, none waits beside an idle worker, and tokens grow. */
    @Test
    void noRequestIsTwiceInAQueue() {
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
                        case 0, 1 -> entered("t" + name, member, random.nextInt(8), 0);
                        case 2, 3 -> offered("s" + name, member);
                        case 4 -> new QueueStep.Withdraw("t" + name);
                        case 5 -> new QueueStep.Leave("s" + name);
                        case 6 -> match == null ? new QueueStep.Look() : new QueueStep.Settle(match.token());
                        default ->
                            match == null || random.nextBoolean()
                                    ? new QueueStep.Lose(member)
                                    : entered(
                                            match.request().id(),
                                            match.request().member(),
                                            match.request().urgency(),
                                            match.request().number());
                    });
            for (Match each : queue.matches())
                if (each.token() > newest) {
                    assertTrue(tokens.add(each.token()), "a token is given once");
                    given.add(each);
                }
            assertTrue(queue.waiting().isEmpty() || queue.idle().isEmpty(), "somebody waits beside an idle worker");
            List<String> all = new ArrayList<>(waiting());
            queue.matches().forEach(each -> all.add(each.request().id()));
            assertEquals(all.size(), Set.copyOf(all).size(), () -> "twice: " + all);
        }
    }

    @Test
    void aTicketThatComesFromAnotherMemberHasItsPlaceThere() {
        Queue moved = Queue.EMPTY
                .entered(new Queue.Waiting("a", "home", 3, 0), 10)
                .entered(new Queue.Waiting("b", "home", 3, 0), 20)
                .entered(new Queue.Waiting("a", "other", 3, 10), 30);

        assertEquals(
                List.of(new Queue.Waiting("a", "other", 3, 10), new Queue.Waiting("b", "home", 3, 20)),
                moved.waiting());
        assertEquals(1, moved.lost("home").waiting().size());
    }
}
