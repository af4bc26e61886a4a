// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.QueueExecutor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests travel in batches to a map whose answers the test gives. */
class BatchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10), SOON = Duration.ofMillis(600);

    private final ManualTime time = new ManualTime(Long.MAX_VALUE - SOON.toNanos());
    private final QueueExecutor executor = new QueueExecutor();
    private final MemberTrust trust = new MemberTrust(time, new Quorum(0, 0), Duration.ofSeconds(5));
    private final List<Sent> sent = new ArrayList<>();
    private final List<String> learned = new ArrayList<>();
    private int members = 1;
    private int places = Integer.MAX_VALUE;
    private final Batches<Asker, Command, String, String> batches =
            new Batches<>(map(), trust, PATIENCE, time.clocks(), executor, new Askers());

    private record Sent(Command command, CompletableFuture<String> answer) {}

    private record Asker(String name, long since, List<String> told) implements Batches.Request {}

    @SuppressWarnings("serial") // goes nowhere
    private record Command(long number, List<String> names) implements EntryProcessor<String, String, String> {

        @Override
        public String process(Entry<String, @Nullable String> entry) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Askers implements Batches.Store<Asker, Command, String> {

        @Override
        public List<Asker> board(List<Asker> waiting) {
            List<Asker> next = waiting.subList(0, Math.min(places, waiting.size()));
            List<Asker> aboard = List.copyOf(next);
            next.clear();
            return aboard;
        }

        @Override
        public Command command(String key, long number, List<Asker> aboard) {
            learned.add("made " + number);
            return new Command(number, aboard.stream().map(Asker::name).toList());
        }

        @Override
        public void learn(String key, Command command, String answer) {
            learned.add("learned " + command.number());
        }

        @Override
        public void deliver(String key, Command command, String answer, List<Asker> aboard) {
            aboard.forEach(asker -> tell(asker, answer));
        }

        @Override
        public void refuse(List<Asker> aboard, boolean sent, String why) {
            aboard.forEach(asker -> tell(asker, (sent ? "unknown: " : "none: ") + why));
        }

        private void tell(Asker asker, String what) {
            if (asker.told.isEmpty()) asker.told.add(what);
        }
    }

    @SuppressWarnings("unchecked")
    private IMap<String, String> map() {
        return (IMap<String, String>) Proxy.newProxyInstance(
                IMap.class.getClassLoader(), new Class<?>[] {IMap.class}, (proxy, method, arguments) -> {
                    assertEquals("submitToKey", method.getName());
                    Sent one = new Sent((Command) arguments[1], new CompletableFuture<>());
                    sent.add(one);
                    return one.answer;
                });
    }

    @BeforeEach
    void aMemberThatRuns() {
        trust.begin(() -> 1);
        time.every(MemberTrust.PULSE, trust::beat);
    }

    private Asker join(String name) {
        Asker asker = new Asker(name, time.nanos(), new ArrayList<>());
        batches.join("key", asker);
        return asker;
    }

    private void run(Duration duration) {
        for (long steps = duration.dividedBy(MemberTrust.PULSE); steps > 0; steps--) {
            time.advance(MemberTrust.PULSE);
            executor.runAll();
        }
    }

    private void answer(int index, String answer) {
        sent.get(index).answer.complete(answer);
        executor.runAll();
    }

    private void told(String what, Asker asker) {
        executor.runAll();
        assertEquals(List.of(what), asker.told());
    }

    private static void toldNothing(Asker asker) {
        assertEquals(List.of(), asker.told());
    }

    @Test
    void aRequestDuringABatchGoesWithTheNext() {
        Asker one = join("one"), two = join("two"), three = join("three");

        answer(0, "first");

        told("first", one);
        toldNothing(two);
        assertEquals(List.of("two", "three"), sent.get(1).command().names());
        answer(1, "second");
        told("second", two);
        told("second", three);
    }

    @Test
    void aRequestWaitsWhileTheMemberMakesSureOfTheOthers() {
        members = 3;
        trust.begin(() -> members);
        members = 2;
        trust.lost();
        Asker asker = join("one");
        run(Duration.ofMillis(500));
        toldNothing(asker);
        assertEquals(0, sent.size());

        assertTrue(trust.answered(trust.unsureSince().orElseThrow(), 1));
        run(Duration.ofMillis(500));
        answer(0, "answer");
        told("answer", asker);
    }

    @Test
    void aMemberThatCannotMakeSureRefusesAndHasDoneNothing() {
        members = 3;
        trust.begin(() -> members);
        members = 2;
        trust.lost();
        Asker asker = join("one");
        run(Duration.ofSeconds(2));
        told("none: the cluster has lost a member and makes sure of the others", asker);
        assertEquals(0, sent.size());

        // That the doubt lasts does not keep the next from waiting for its end.
        Asker next = join("two");
        trust.answered(trust.unsureSince().orElseThrow(), 1);
        run(Duration.ofMillis(500));
        answer(0, "answer");
        told("answer", next);
    }

    @Test
    void anOverdueBatchIsSentOnceMoreUnderItsNumberAndTheFirstAnswerCounts() {
        Asker asker = join("one");
        run(SOON);

        assertEquals(2, sent.size());
        assertEquals(sent.get(0).command(), sent.get(1).command());
        answer(1, "answer");
        answer(0, "late");

        told("answer", asker);
        assertEquals(List.of("made 1", "learned 1"), learned);
    }

    @Test
    void aRequestAtItsDeadlineLeavesTheBatchWhichGoesOnForTheOthers() {
        Asker stuck = join("stuck"), old = join("old");
        run(Duration.ofMillis(9_500));
        Asker young = join("young");
        answer(0, "unstuck");
        told("unstuck", stuck);
        assertEquals(
                List.of("old", "young"), sent.get(sent.size() - 1).command().names());

        run(SOON);

        told("unknown: the cluster has not answered within 10 s", old);
        toldNothing(young);
        run(Duration.ofSeconds(5));
        toldNothing(young);
        answer(sent.size() - 1, "answer");
        told("answer", young);
    }

    @Test
    void aRequestThatLeavesDoesNotHaveTheBatchSentMoreOften() {
        join("stuck");
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            askers.add(join("asker " + i));
            run(MemberTrust.PULSE);
        }
        run(Duration.ofSeconds(6));
        int before = sent.size();
        answer(0, "unstuck");

        run(Duration.ofSeconds(5));

        askers.forEach(asker -> told("unknown: the cluster has not answered within 10 s", asker));
        assertTrue(sent.size() - before <= 1 + 5_000 / 500, sent.size() - before + " attempts");
    }

    @Test
    void eachRequestGetsAnUnknownOutcomeAtItsOwnDeadlineAndNotBefore() {
        join("stuck");
        run(Duration.ofSeconds(4));
        Asker asker = join("asker");
        run(SOON.plus(Duration.ofSeconds(9)));
        toldNothing(asker);

        run(Duration.ofMillis(500));

        told("unknown: the cluster has not answered within 10 s", asker);
        assertEquals(1, time.waiting(), "nothing but the pulse");
    }

    @Test
    void aRequestThatWaitedTooLongForAPlaceIsNeverSent() {
        Asker first = join("first");
        Asker before = new Asker("before", time.nanos() - Duration.ofSeconds(5).toNanos(), new ArrayList<>());
        batches.join("key", before);
        run(Duration.ofSeconds(6));
        Asker fresh = join("fresh");

        answer(0, "answer");

        told("answer", first);
        told("none: the cluster has not answered within 10 s", before);
        assertEquals(List.of("fresh"), sent.get(sent.size() - 1).command().names());
        toldNothing(fresh);
    }

    @Test
    void onlyTheAnswerThatEndsABatchIsLearnedAndBeforeTheNextIsMade() {
        join("one");
        run(SOON);
        join("two");

        answer(0, "answer");
        answer(1, "late");

        assertEquals(List.of("made 1", "learned 1", "made 2"), learned);
    }

    @Test
    void anAnswerThatTwoThreadsBringIsLearnedOnce() {
        join("one");
        run(SOON);
        sent.get(0).answer.complete("answer");
        sent.get(1).answer.complete("answer");
        join("two");

        executor.runAll();

        assertEquals(List.of("made 1", "learned 1", "made 2"), learned);
    }

    @Test
    void anAnswerDuringTheLeaveIsPassedOnAndALaterRequestIsRefused() {
        Asker early = join("early"), queued = join("queued");
        trust.leaving();

        answer(0, "answer");

        told("answer", early);
        told("none: this member is leaving the cluster", queued);
        told("none: this member is leaving the cluster", join("late"));
    }

    @Test
    void aBatchWithoutAnAnswerWhenTheMemberHasLeftIsUnknown() {
        Asker early = join("early"), queued = join("queued");
        trust.leaving();
        run(SOON);
        toldNothing(early);

        batches.end();

        told("unknown: this member is leaving the cluster", early);
        told("none: this member is leaving the cluster", queued);
        assertEquals(1, time.waiting(), "nothing but the pulse");
    }

    @Test
    void anAnswerInDoubtIsAskedForAgainUntilTheDoubtIsGone() {
        Asker asker = join("one");
        trust.merging();
        answer(0, "not to be trusted");
        run(SOON);
        toldNothing(asker);
        assertEquals(1, sent.size());

        trust.merged();
        run(SOON);
        assertTrue(sent.size() > 1);
        answer(sent.size() - 1, "answer");

        told("answer", asker);
    }

    @Test
    void requestsWithoutAPlaceGoWithTheNextBatchInTheirOrder() {
        places = 2;
        join("stuck");
        for (String name : List.of("one", "two", "three")) join(name);

        answer(0, "unstuck");
        Asker four = join("four");
        answer(1, "answer");

        assertEquals(List.of("one", "two"), sent.get(1).command().names());
        assertEquals(List.of("three", "four"), sent.get(2).command().names());
        toldNothing(four);
    }

    @Test
    void howeverManyBatchesWaitWhenADoubtComesAllAreRefused() {
        places = 1;
        join("stuck");
        List<Asker> many = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) many.add(join("one of many"));
        trust.leaving();

        answer(0, "unstuck");

        many.forEach(asker -> told("none: this member is leaving the cluster", asker));
        assertEquals(1, sent.size());
        assertEquals(1, time.waiting(), "nothing but the pulse");
    }

    /** The member leaves between the last check and the sending. */
    @Test
    void aBatchThatIsGivenUpAsNotSentIsNeverSent() {
        trust.begin(() -> {
            batches.end();
            return 1;
        });

        Asker asker = join("one");

        told("none: this member is leaving the cluster", asker);
        assertEquals(0, sent.size());
    }
}
