// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.map.IMap;
import io.holdfast.access.Access;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.kernel.Kernel;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.WorkObserver;
import io.holdfast.work.WorkOptions;
import io.holdfast.work.WorkRoom;
import io.holdfast.work.relay.Order;
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

/** How long the request of a job is kept; it vanishes by itself unless a member keeps it for longer. */
class JobBytesIT {
    private static final Duration SWEEP = Duration.ofMinutes(10), HOUR = Duration.ofMinutes(61);

    private final Settings settings = settings();
    private final ManualTime time = new ManualTime();
    private final SystemTimer timer = new SystemTimer("job-bytes");
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Cluster cluster =
            Cluster.open(ClusterOptions.read(settings), List.of(WorkRoom.part(), JobRoom.part()), Clocks.system(timer));
    private final Waiters waiters =
            new Waiters(new WaiterLimits(10, 1), time, time, executor, (ending, held, release) -> {});
    private final JobOptions options = JobOptions.read(settings, WorkOptions.read(settings));
    private final Json json = new Json();
    private final Kernel kernel = new Kernel(cluster, waiters, Access.read(settings), json, time.clocks(), executor);
    private final WorkRoom work = WorkRoom.open(kernel, options.work(), new WorkObserver() {
        @Override
        public void waited(String queue, long nanos) {
            // Of no interest here.
        }

        @Override
        public void ran(String queue, long nanos) {
            // Of no interest here.
        }
    });
    private final Jobs jobs = new Jobs(kernel, options, work.queuesForOthers());
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
        work.close();
        cluster.close();
        executor.shutdownNow();
        timer.close();
        json.close();
    }

    /** The time when the only piece vanishes, in epoch milliseconds. */
    private long vanishes() {
        return bytes.getEntryView(bytes.keySet().iterator().next()).getExpirationTime();
    }

    @Test
    void theRequestOfAJobThatWaitsIsKeptForLongerEachHour() throws Exception {
        jobs.open(SWEEP);
        Order order = new Order("request", "q", "POST", "/", Headers.NONE, true, 3, 3);
        jobs.submit(order, "", "", true, new byte[] {1, 2, 3})
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
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
