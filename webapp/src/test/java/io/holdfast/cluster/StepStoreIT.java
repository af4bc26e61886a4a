// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static java.util.stream.Collectors.groupingBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.Hazelcast;
import io.holdfast.cluster.Records.Condition;
import io.holdfast.cluster.Records.Preview;
import io.holdfast.cluster.StepStore.Rules;
import io.holdfast.cluster.TurnTest.Add;
import io.holdfast.cluster.TurnTest.Sizes;
import io.holdfast.cluster.TurnTest.Words;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replicated records at two members: they change by steps, are previewed, selected and removed. */
@NullMarked
class StepStoreIT {
    private static final String MAP = "words";
    private static final int LIMIT = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** So long may a test try again: a single step can take all of its patience. */
    private static final Duration LONG = PATIENCE.multipliedBy(3);

    private final SystemTimer timer = new SystemTimer("steps-test");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Clocks clocks = Clocks.system(timer);
    private final List<Integer> ports = List.of(Ports.free(), Ports.free());
    private final String name = "steps-test-" + UUID.randomUUID();
    private final List<Cluster> members = new ArrayList<>();
    private final List<Records<Words>> records = new ArrayList<>();
    private final List<StepStore<Words, Sizes>> stores = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();

    /** How many words a record has. */
    record Size() implements Preview<Words, Long> {

        @Override
        public Long of(@Nullable Words stored) {
            return stored == null ? 0 : (long) stored.words().size();
        }
    }

    /** Selects the records with that word. */
    record Has(String word) implements Condition<Words> {

        @Override
        public boolean matches(Words stored) {
            return stored.words().contains(word);
        }
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private final class Owner implements StepStore.Owner<Words, Sizes> {

        @Override
        public Rules<Words, Sizes> rules() {
            return new TurnTest.Keeping();
        }

        @Override
        public int limit() {
            return LIMIT;
        }

        @Override
        public RuntimeException refusal(StepStore.Failure failure, String why) {
            return new Refused(failure.name());
        }

        @Override
        public Optional<RuntimeException> refusal(Step<Words> step, Sizes answer) {
            return step.equals(new Add("bad")) ? Optional.of(new Refused("bad word")) : Optional.empty();
        }

        @Override
        public void onAnswer(String key, Sizes answer) {
            answers.add(key + ": " + answer.before() + " " + answer.after());
        }
    }

    @BeforeEach
    void twoMembersWithAStoreEach() {
        ClusterPart part = new ClusterPart(
                List.of(
                        RecordWire.of("words", Words.class),
                        RecordWire.of("done", TurnTest.Done.class),
                        RecordWire.of("add", Add.class),
                        RecordWire.of("sizes", Sizes.class),
                        RecordWire.of("keeping", TurnTest.Keeping.class),
                        RecordWire.of("size", Size.class),
                        RecordWire.of("has", Has.class)),
                Map.of(MAP, JoinPolicy.class.getName()));
        String peers = "127.0.0.1:" + ports.get(0) + ",127.0.0.1:" + ports.get(1);
        for (int port : ports) {
            ClusterOptions options = ClusterOptionsTest.read(
                    Map.of("cluster.peers", peers, "cluster.name", name, "cluster.port", Integer.toString(port)));
            Cluster member = Cluster.open(options, List.of(part), Clocks.system(timer));
            members.add(member);
            Records<Words> words = new Records<>(member, MAP);
            records.add(words);
            stores.add(new StepStore<>(member, words, PATIENCE, clocks, executor, new Owner()));
        }
        await("the members see each other").atMost(Duration.ofSeconds(60)).until(() -> members.stream()
                .allMatch(member -> member.trust().size() == 2));
        // Until then the shares of a limit are unequal.
        await("no partition moves any more").atMost(LONG).until(() -> Hazelcast.getAllHazelcastInstances().stream()
                .filter(member -> member.getConfig().getClusterName().equals(name))
                .allMatch(member -> member.getPartitionService().isClusterSafe()));
    }

    @AfterEach
    void bothLeave() {
        for (int i = members.size() - 1; i >= 0; i--) members.get(i).close();
        executor.shutdownNow();
        timer.close();
    }

    private Sizes step(int member, String key, String word) {
        return join(stores.get(member).step(key, new Add(word)));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static String refusal(CompletionStage<?> stage) {
        Exception thrown = assertThrows(CompletionException.class, () -> join(stage));
        return String.valueOf(assertInstanceOf(Refused.class, thrown.getCause()).getMessage());
    }

    private static String outcome(CompletionStage<?> stage) {
        return join(stage.handle((answer, error) -> error == null ? "made" : refusal(stage)));
    }

    @Test
    void stepsOfBothMembersChangeTheSameRecord() {
        for (String key : List.of("a", "b", "c", "d")) {
            assertEquals(new Sizes(0, 1), step(0, key, "one"));
            assertEquals(new Sizes(1, 2), step(1, key, "two"));
            assertEquals(2L, join(records.get(0).preview(key, new Size())));
        }
        assertEquals(Map.of("a", 2L, "none", 0L), join(records.get(1).preview(Set.of("a", "none"), new Size())));
        assertEquals(Set.of("a", "b", "c", "d"), records.get(1).keys());
        await("each turn is reported once").until(() -> answers.size() == 8);
        assertTrue(answers.contains("a: 0 1") && answers.contains("a: 1 2"));
    }

    @Test
    void manyStepsGoTogetherAndAllAreApplied() {
        List<CompletionStage<Sizes>> all = IntStream.range(0, 500)
                .mapToObj(i -> stores.get(i % 2).step("key", new Add("word " + i)))
                .toList();
        all.forEach(StepStoreIT::join);

        assertEquals(501L, join(records.get(0).preview("key", new Size())), "and a full stop");
        assertTrue(answers.size() < 500);
    }

    @Test
    void aStepMayBeRefusedAlthoughItsTurnWasAnswered() {
        assertEquals("bad word", refusal(stores.get(0).step("key", new Add("bad"))));
        assertEquals(new Sizes(1, 2), step(1, "key", "good"));
    }

    @Test
    void thereAreNoMoreRecordsThanTheLimitWhoeverCreatesThem() {
        List<CompletionStage<Sizes>> all = IntStream.range(0, 600)
                .mapToObj(i -> stores.get(i % 2).step("key " + i, new Add("one")))
                .toList();
        Map<String, List<Integer>> outcomes =
                IntStream.range(0, all.size()).boxed().collect(groupingBy(i -> outcome(all.get(i))));
        List<Integer> made = outcomes.getOrDefault("made", List.of());
        // A busy machine may leave a step without an answer, which may have been done or may yet be.
        int most = made.size() + outcomes.getOrDefault("UNKNOWN", List.of()).size();
        Set<String> keys = records.get(0).keys();

        assertTrue(keys.containsAll(made.stream().map(i -> "key " + i).toList()), "made " + made + " of " + keys);
        assertTrue(keys.size() >= LIMIT && keys.size() <= LIMIT + 2, keys.size() + " records");
        assertTrue(keys.size() <= most, keys.size() + " records, at most " + most + " made");
        int refused = outcomes.getOrDefault("FULL", List.of()).get(0);
        assertEquals(new Sizes(1, 2), step(refused % 2, "key " + made.get(0), "two"), "it exists");

        records.forEach(one -> one.remove(new Has("one")));
        await("there is room again")
                .atMost(LONG)
                .ignoreExceptions()
                .until(() -> step(0, "key " + refused, "one").after() == 1);
    }

    @Test
    void aMemberThatIsLostLeavesItsShareToTheOthers() {
        for (int i = 0; i < LIMIT / 2; i++) step(0, "key " + i, "one");
        members.remove(1).close();
        for (int i = LIMIT / 2; i < LIMIT; i++) {
            String key = "key " + i;
            // One that was done without an answer has the same answer when it is asked for again.
            await().atMost(LONG)
                    .ignoreExceptions()
                    .until(() -> step(0, key, "one").after() == 1);
        }
        assertEquals("FULL", refusal(stores.get(0).step("one more", new Add("one"))));
    }

    @Test
    void selectedRecordsAreFoundAndRemovedWhereTheirPrimaryIs() {
        for (String key : List.of("a", "b", "c", "d")) step(0, key, key.equals("d") ? "kept" : "old");

        Set<String> found = new TreeSet<>(records.get(0).ownKeys(new Has("old")));
        assertEquals(found, new TreeSet<>(records.get(0).own(new Has("old")).keySet()));
        found.addAll(records.get(1).ownKeys(new Has("old")));
        assertEquals(Set.of("a", "b", "c"), found);

        Set<String> removed = new TreeSet<>();
        records.forEach(one -> one.remove(new Has("old")).forEach((key, words) -> {
            assertEquals(List.of("old"), words.words());
            removed.add(key);
        }));
        assertEquals(Set.of("a", "b", "c"), removed);
        assertEquals(Set.of("d"), records.get(0).keys());
    }
}
