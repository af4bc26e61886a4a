// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.core.Journal;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.QueueExecutor;
import io.holdfast.time.Clocks;
import io.holdfast.time.Forgetful;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Forgetful.class)
class TopicTest {
    private static final Runnable TAKEN = () -> {};

    private final ManualTime time = new ManualTime();
    private final QueueExecutor executor = new QueueExecutor();
    private final Waiters waiters =
            new Waiters(new WaiterLimits(10, 4), time, time, executor, (ending, waited, late) -> {});
    private final Topics topics = new Topics(null, waiters, new Clocks(time, time, time), executor);
    private final Topic topic = new Topic("a", topics);
    private final List<String> told = new ArrayList<>();

    private final Topic.Subscriber stream = new Topic.Subscriber() {
        @Override
        public void add(TopicEvent event) {
            told.add(
                    event.item() == null
                            ? "unknown"
                            : String.valueOf(event.item().id()));
        }

        @Override
        public void pump() {
            told.add("pump");
        }
    };

    private static Journal.Entry item(String id) {
        String json = "{\"channel\":\"a\",\"id\":\"" + id + "\",\"http-stream\":{\"content\":\"x\"}}";
        return new Journal.Entry(0, json.getBytes(StandardCharsets.UTF_8));
    }

    private Waiter<TopicEvent> hold() {
        return waiters.hold(Topics.key("a"), Duration.ofSeconds(9), published -> published.item() == null, outcome -> {
            told.add(
                    outcome.ending() == Ending.RELEASED
                            ? "released"
                            : outcome.ending().toString());
            return true;
        });
    }

    @Test
    void earlierEntriesAreKnownButNotDelivered() {
        topic.add(stream);
        topic.check((lastId, lastCome) -> told.add("checked " + lastId));
        topic.onHistory(List.of(item("1"), item("2")));
        executor.runAll();
        assertEquals(List.of("checked 2"), told);

        topic.onEntries(List.of(item("2"), item("3")), TAKEN);
        executor.runAll();
        assertEquals(List.of("checked 2", "3", "pump"), told);
    }

    @Test
    void holdsLearnThatTheirTopicIsNotFollowedAnyMore() {
        topic.add(stream);
        hold();
        topic.onHistory(List.of());

        topic.onStopped();
        executor.runAll();

        assertTrue(told.containsAll(List.of("unknown", "pump", "released")), told::toString);
    }

    @Test
    void aCheckAfterTheEndRunsToo() {
        topic.onStopped();
        executor.runAll();

        topic.add(stream);
        hold();
        topic.check((lastId, lastCome) -> told.add("checked"));
        executor.runAll();

        assertEquals("checked", told.get(0));
        assertTrue(told.containsAll(List.of("unknown", "pump", "released")), told::toString);
    }

    @Test
    void entriesAreTakenAfterTheirDelivery() {
        topic.add(stream);
        topic.onHistory(List.of());
        topic.onEntries(List.of(item("1"), item("2")), () -> told.add("taken"));
        assertEquals(List.of(), told);

        executor.runAll();
        assertEquals(List.of("1", "2", "taken", "pump", "pump"), told);
    }

    @Test
    void aStreamThatFailsDoesNotKeepOthersFromTheItem() {
        topic.add(new Topic.Subscriber() {
            @Override
            public void add(TopicEvent event) {
                throw new IllegalStateException("a test's");
            }

            @Override
            public void pump() {}
        });
        topic.add(stream);
        topic.check((lastId, lastCome) -> {
            throw new OutOfMemoryError("a test's");
        });
        topic.check((lastId, lastCome) -> told.add("pump"));
        topic.onHistory(List.of());
        topic.onEntries(List.of(item("1")), TAKEN);
        topic.onEntries(List.of(item("2")), TAKEN);
        executor.runAll();
        assertEquals(
                List.of("1", "2"),
                told.stream().filter(word -> !word.equals("pump")).toList());
    }

    @Test
    void holdsLearnThatTheyMayHaveMissedAnItem() {
        AtomicBoolean full = new AtomicBoolean(true);
        topic.add(new Topic.Subscriber() {
            @Override
            public void add(TopicEvent event) {
                if (full.getAndSet(false)) throw new OutOfMemoryError("a test's");
            }

            @Override
            public void pump() {}
        });
        topic.add(stream);
        topic.onHistory(List.of());
        topic.onEntries(List.of(item("1")), TAKEN);
        topic.onEntries(List.of(item("2")), TAKEN);
        executor.runAll();
        assertTrue(told.contains("unknown"), told::toString);
        assertTrue(told.indexOf("unknown") < told.indexOf("2"), told::toString);
    }

    @Test
    void checksRunWhenTheHistoryIsKnown() {
        topic.check((lastId, lastCome) -> told.add("checked"));
        topic.onStopped();
        executor.runAll();
        assertEquals(List.of("checked"), told);
    }

    @Test
    void aMemberThatGoesDownEndsItsHoldsOneByOne() {
        topic.add(stream);
        hold();
        topic.onHistory(List.of());
        waiters.refuse();

        topic.onStopped();
        executor.runAll();

        assertEquals(List.of(), told);
    }
}
