// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.flow.Failure;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.message.Headers;
import io.holdfast.testing.ManualTime;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.relay.Order;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A worker whose request ends at the very moment when the worker gets it, or has answered it. */
class QueuedRequestIT {
    private static final String QUEUE = "q";

    private final ManualTime time = new ManualTime();
    private final SystemTimer timer = new SystemTimer("queued-request");
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final AtomicReference<Runnable> whenRan = new AtomicReference<>(() -> {});
    private final Cluster cluster =
            Cluster.open(ClusterOptions.read(settings()), List.of(WorkRoom.part()), Ticker.system(), timer);
    private final Matchmaker matchmaker = new Matchmaker(
            WorkOptions.read(settings()),
            cluster,
            new Waiters(new WaiterLimits(10, 1), time, time, executor, (ending, held, release) -> {}),
            time.clocks(),
            executor,
            new WorkObserver() {
                @Override
                public void waited(String queue, long nanos) {
                    // Of no interest here.
                }

                @Override
                public void ran(String queue, long nanos) {
                    whenRan.get().run();
                }
            });

    private static Settings settings() {
        return Settings.open(new Properties(), Map.of(), Optional.empty(), key -> Optional.empty());
    }

    @AfterEach
    void close() {
        matchmaker.close();
        cluster.close();
        executor.shutdownNow();
        timer.close();
    }

    private QueuedRequest request(@Nullable RequestBody body) {
        Order order = new Order(matchmaker.newId(), QUEUE, "GET", "/", Headers.NONE, body != null, -1, 3);
        return new QueuedRequest(matchmaker, order, body, 3, Duration.ofMinutes(1), new Nobody());
    }

    @Test
    void aWorkerThatIsFoundWhenNobodyWantsItAnyMoreIsTold() {
        QueuedRequest request = request(null);
        Told told = new Told();
        matchmaker.offer(
                QUEUE,
                (given, body, sink) -> {
                    request.cancel();
                    return told;
                },
                false);

        request.start();

        await("it is cancelled").until(() -> told.cancelled.get() > 0);
    }

    @Test
    void aWorkerThatHasAnsweredWhenNobodyWantsItAnyMoreIsTold() {
        QueuedRequest request = request(null);
        Told told = new Told();
        whenRan.set(request::cancel);
        matchmaker.offer(
                QUEUE,
                (given, body, sink) -> {
                    sink.head(new ResponseHead(200, Headers.NONE, 0), told).end();
                    return Running.NONE;
                },
                false);

        request.start();

        await("it is cancelled").until(() -> told.cancelled.get() > 0);
        assertFalse(told.kept);
    }

    @Test
    void aResponseThatBeginsWhenNobodyWantsItAnyMoreIsCancelled() {
        QueuedRequest request = request(null);
        Told told = new Told();
        matchmaker.offer(
                QUEUE,
                (given, body, sink) -> {
                    request.cancel();
                    sink.head(new ResponseHead(200, Headers.NONE, 0), told).end();
                    return Running.NONE;
                },
                false);

        request.start();

        await("it is cancelled").until(() -> told.cancelled.get() > 0);
        assertFalse(told.kept);
    }

    private static final class Told implements Running, BodySource {
        private final AtomicInteger cancelled = new AtomicInteger();
        private volatile boolean kept;

        @Override
        public void request(long bytes) {
            // Of no interest here.
        }

        @Override
        public void confirm() {
            kept = true;
        }

        @Override
        public void cancel() {
            cancelled.incrementAndGet();
        }
    }

    private static final class Nobody implements Requester {

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            return BodySink.DISCARD;
        }

        @Override
        public void fail(Failure why) {
            // No test is notified.
        }
    }
}
