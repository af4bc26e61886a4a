// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.ChannelRoom;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three members, of which one has a clock that is wrong by more than events are kept. */
class WrongClockIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60), NEAR = Duration.ofSeconds(30);

    private final SystemTimer timer = new SystemTimer("wrong-clock");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final List<Node> nodes = new ArrayList<>();

    /** One member with its channels. */
    private final class Node {
        private final Cluster cluster;
        private final Channels channels;
        private final Journal journal;

        Node(Settings settings, Duration wrong) {
            InstantSource wall = () -> Instant.now().plus(wrong);
            cluster = Cluster.open(
                    ClusterOptions.read(settings),
                    List.of(ChannelRoom.part()),
                    new Clocks(wall, Ticker.system(), timer));
            Waiters waiters = new Waiters(
                    new WaiterLimits(100, 1), Ticker.system(), timer, executor, (ending, held, release) -> {});
            channels = new Channels(ChannelOptions.read(settings), cluster, waiters, cluster.clocks(), executor);
            journal = new Journal(channels, "test");
        }

        void publish(String event) throws Exception {
            journal.append("a", List.of(event.getBytes(StandardCharsets.UTF_8)))
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        String read() throws Exception {
            CompletableFuture<String> kept = new CompletableFuture<>();
            Journal.Following following = journal.follow("a", new Once(kept));
            try {
                return kept.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } finally {
                following.stop();
            }
        }

        boolean isNear(InstantSource other) {
            return Duration.between(other.instant(), cluster.clocks().cluster().instant())
                            .abs()
                            .compareTo(NEAR)
                    < 0;
        }

        void leave() {
            channels.close();
            cluster.close();
        }
    }

    /** Takes the events that are kept. */
    private record Once(CompletableFuture<String> kept) implements Journal.Follower {

        @Override
        public void onHistory(List<Journal.Entry> entries) {
            kept.complete(String.join(
                    " ",
                    entries.stream()
                            .map(entry -> new String(entry.data(), StandardCharsets.UTF_8))
                            .toList()));
        }

        @Override
        public void onEntries(List<Journal.Entry> entries, Runnable taken) {
            taken.run();
        }

        @Override
        public void onGap() {}

        @Override
        public void onStopped() {}
    }

    private void open(int wrong, Duration by) {
        List<Integer> ports = IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
        String name = "clock-" + UUID.randomUUID();
        for (int i = 0; i < ports.size(); i++) {
            Properties properties = new Properties();
            properties.setProperty("holdfast.cluster.name", name);
            properties.setProperty("holdfast.cluster.port", Integer.toString(ports.get(i)));
            properties.setProperty(
                    "holdfast.cluster.peers",
                    String.join(
                            ",", ports.stream().map(port -> "127.0.0.1:" + port).toList()));
            Settings settings = Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
            nodes.add(new Node(settings, i == wrong ? by : Duration.ZERO));
        }
        await().atMost(PATIENCE).until(() -> nodes.stream()
                .allMatch(node -> node.cluster.trust().size() == 3));
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::leave);
        executor.shutdownNow();
        timer.close();
    }

    @ParameterizedTest
    @CsvSource({"0, PT61M", "1, PT61M", "2, PT-61M"})
    void aWrongClockLosesNoEventAndIsNoticed(int wrong, Duration by) throws Exception {
        open(wrong, by);
        InstantSource first = nodes.get(0).cluster.clocks().cluster();
        await("one time for all").atMost(PATIENCE).until(() -> nodes.stream().allMatch(node -> node.isNear(first)));

        for (int round = 0; round < 2; round++)
            for (int i = 0; i < nodes.size(); i++) nodes.get(i).publish(round + "." + i);
        for (Node node : nodes) assertEquals("0.0 0.1 0.2 1.0 1.1 1.2", node.read());

        await().atMost(PATIENCE).untilAsserted(() -> {
            for (int i = 0; i < nodes.size(); i++) {
                Cluster member = nodes.get(i).cluster;
                assertEquals(i == wrong, member.doubtOfClock().isPresent(), "member " + i);
                long off = Math.abs(member.skewMillis() - (i == wrong ? by.toMillis() : 0));
                assertTrue(off < NEAR.toMillis(), "member " + i + " is off by " + off + " ms");
            }
        });

        // Another member becomes the oldest. The time goes on.
        nodes.remove(0).leave();
        for (Node node : nodes) node.publish("later");
        for (Node node : nodes) {
            assertTrue(node.isNear(first), "the time goes on");
            assertEquals("0.0 0.1 0.2 1.0 1.1 1.2 later later", node.read());
        }
        assertFalse(nodes.get(0).cluster.trust().doubt().isPresent());
    }
}
