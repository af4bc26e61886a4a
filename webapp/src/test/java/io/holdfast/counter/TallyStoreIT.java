// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TallyStoreIT {

    private static Settings settings() {
        Properties properties = new Properties();
        properties.setProperty("holdfast.cluster.port", Integer.toString(Ports.free()));
        return Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    @Test
    void anIncrementIsAnsweredEvenIfNoSignalCanBeSent() throws Exception {
        Settings settings = settings();
        try (SystemTimer timer = new SystemTimer("test-timer");
                Cluster cluster = Cluster.open(
                        ClusterOptions.read(settings), List.of(CounterRoom.part()), Clocks.system(timer))) {
            Clocks clocks = Clocks.system(timer);
            TallyStore store = new TallyStore(
                    cluster, CounterOptions.read(settings), clocks, ForkJoinPool.commonPool(), (name, value) -> {
                        throw new IllegalStateException("the member has left");
                    });

            assertEquals(
                    1L,
                    store.add("x")
                            .toCompletableFuture()
                            .get(5, TimeUnit.SECONDS)
                            .value());
            assertEquals(
                    2L,
                    store.add("x")
                            .toCompletableFuture()
                            .get(5, TimeUnit.SECONDS)
                            .value());
        }
    }
}
