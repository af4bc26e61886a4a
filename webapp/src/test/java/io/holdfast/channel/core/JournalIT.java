// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.channel.ChannelRoom;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalIT {
    private static final int MOST_HELD = 10;

    private final Settings settings = settings();
    private final SystemTimer timer = new SystemTimer("journal");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Clocks clocks = Clocks.system(timer);
    private final Cluster cluster =
            Cluster.open(ClusterOptions.read(settings), List.of(ChannelRoom.part()), Clocks.system(timer));
    private final Waiters waiters = new Waiters(
            new WaiterLimits(MOST_HELD, 1), Ticker.system(), timer, executor, (ending, held, release) -> {});
    private final Channels channels = new Channels(ChannelOptions.read(settings), cluster, waiters, clocks, executor);
    private final Journal journal = new Journal(channels, "test");

    private static Settings settings() {
        Properties properties = new Properties();
        properties.setProperty("holdfast.cluster.port", Integer.toString(Ports.free()));
        return Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    @AfterEach
    void close() {
        channels.close();
        cluster.close();
        executor.shutdownNow();
        timer.close();
    }

    /** Takes pages when its test says so. */
    private static final class Slow implements Journal.Follower {
        private final List<String> told = new CopyOnWriteArrayList<>();
        private final BlockingQueue<Runnable> untaken = new LinkedBlockingQueue<>();

        @Override
        public void onHistory(List<Journal.Entry> entries) {
            tell("before", entries);
        }

        @Override
        public void onEntries(List<Journal.Entry> entries, Runnable taken) {
            tell("came", entries);
            untaken.add(taken);
        }

        private void tell(String how, List<Journal.Entry> entries) {
            StringBuilder line = new StringBuilder(how);
            for (Journal.Entry entry : entries)
                line.append(' ').append(new String(entry.data(), StandardCharsets.UTF_8));
            told.add(line.toString());
        }

        @Override
        public void onGap() {
            told.add("missed");
        }

        @Override
        public void onStopped() {
            told.add("over");
        }
    }

    private void append(int from, int to) throws Exception {
        for (int i = from; i <= to; i++)
            journal.append("a", List.of(Integer.toString(i).getBytes(StandardCharsets.UTF_8)))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
    }

    @Test
    void eventsWaitInTheChannelForABusyFollowerAndComeTogether() throws Exception {
        Slow slow = new Slow();
        append(1, 2);
        journal.follow("a", slow);
        await().until(() -> waiters.stats().own() == 1);

        append(3, 9);
        Runnable taken = slow.untaken.take();

        assertEquals(List.of("before 1 2", "came 3"), slow.told);
        assertEquals(0, waiters.stats().own(), "nothing more is asked for");

        taken.run();
        slow.untaken.take();
        assertEquals(List.of("before 1 2", "came 3", "came 4 5 6 7 8 9"), slow.told);
    }

    @Test
    void aSlowFollowerLearnsThatItHasMissedEvents() throws Exception {
        Slow slow = new Slow();
        journal.follow("a", slow);
        await().until(() -> waiters.stats().own() == 1);

        append(1, 1);
        Runnable taken = slow.untaken.take();
        append(2, Journal.KEPT.events() + 2);
        taken.run();
        slow.untaken.take();

        assertEquals(List.of("before", "came 1", "missed"), slow.told.subList(0, 3));
    }

    @Test
    void aFollowerGetsEventsEvenIfTheMemberIsFull() throws Exception {
        Key<String> clients = new Key<>("test", "clients");
        for (int i = 0; i < MOST_HELD; i++)
            waiters.hold(clients, Duration.ofMinutes(1), state -> true, outcome -> true);
        Slow slow = new Slow();
        journal.follow("a", slow);
        await().until(() -> waiters.stats().own() == 1);
        assertEquals(MOST_HELD, waiters.stats().held());

        for (int i = 1; i <= 3; i++) {
            append(i, i);
            slow.untaken.take().run();
        }

        assertEquals(List.of("before", "came 1", "came 2", "came 3"), slow.told);
    }

    @Test
    void aStoppedFollowerGetsNothingAfterTheLastIsTaken() throws Exception {
        Slow slow = new Slow();
        Journal.Following following = journal.follow("a", slow);
        await().until(() -> waiters.stats().own() == 1);
        append(1, 1);
        Runnable taken = slow.untaken.take();

        following.stop();
        taken.run();

        assertEquals(0, waiters.stats().own());
        assertEquals(List.of("before", "came 1"), slow.told);
    }
}
