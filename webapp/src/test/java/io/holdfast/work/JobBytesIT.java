// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.map.IMap;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.http.Headers;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Ports;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long the request of a job is kept, which vanishes by itself when nobody keeps it for longer. */
class JobBytesIT {
    private static final Duration SWEEP = Duration.ofMinutes(10), HOUR = Duration.ofMinutes(61);

    private final Settings settings = settings();
    private final ManualTime time = new ManualTime();
    private final SystemTimer timer = new SystemTimer("job-bytes");
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Cluster cluster =
            Cluster.open(ClusterOptions.read(settings), List.of(WorkRoom.part()), Ticker.system(), timer);
    private final Waiters waiters =
            new Waiters(new WaiterLimits(10, 1), time, time, executor, (ending, held, release) -> {});
    private final Hub hub =
            new Hub(WorkOptions.read(settings), cluster, waiters, time.clocks(), executor, new WorkObserver() {
                @Override
                public void waited(String queue, long nanos) {
                    // Of no interest here.
                }

                @Override
                public void ran(String queue, long nanos) {
                    // Of no interest here.
                }
            });
    private final Jobs jobs = new Jobs(hub, cluster, waiters);
    private final IMap<String, byte[]> bytes = cluster.map(JobWire.BYTES);

    private static Settings settings() {
        Properties properties = new Properties();
        properties.setProperty("holdfast.cluster.port", Integer.toString(Ports.free()));
        properties.setProperty("holdfast.work.job-wait", "365d");
        return Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    @AfterEach
    void close() {
        jobs.close();
        hub.close();
        cluster.close();
        executor.shutdownNow();
        timer.close();
    }

    /** When the only piece there is will vanish, in epoch milliseconds. */
    private long vanishes() {
        return bytes.getEntryView(bytes.keySet().iterator().next()).getExpirationTime();
    }

    @Test
    void theRequestOfAJobThatWaitsIsKeptForLongerEachHour() throws Exception {
        jobs.open(SWEEP);
        Order order = new Order(hub.newId(), "q", "POST", "/", Headers.NONE, true, 3, 3);
        jobs.submit(order, "", "", new byte[] {1, 2, 3}).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertEquals(1, bytes.size());
        long first = vanishes();

        time.advance(SWEEP);
        await("an hour later").pollInterval(Duration.ofMillis(500)).until(() -> {
            time.advance(HOUR);
            return vanishes() > first;
        });

        assertEquals(1, bytes.size());
    }
}
