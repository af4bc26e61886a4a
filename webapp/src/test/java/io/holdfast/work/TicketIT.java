// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.flow.RequestBody;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.Headers;
import io.holdfast.testing.ManualTime;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a worker whose request ends in the very moment that it is given it, or has answered. */
class TicketIT {
    private static final String QUEUE = "q";

    private final ManualTime time = new ManualTime();
    private final SystemTimer timer = new SystemTimer("ticket");
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final AtomicReference<Runnable> whenRan = new AtomicReference<>(() -> {});
    private final Cluster cluster =
            Cluster.open(ClusterOptions.read(settings()), List.of(WorkRoom.part()), Ticker.system(), timer);
    private final Hub hub = new Hub(
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
        hub.close();
        cluster.close();
        executor.shutdownNow();
        timer.close();
    }

    private Ticket ticket(@Nullable RequestBody body) {
        Order order = new Order(hub.newId(), QUEUE, "GET", "/", Headers.NONE, body != null, -1, 3);
        return new Ticket(hub, order, body, 3, Duration.ofMinutes(1), new Nobody());
    }

    @Test
    void aWorkerThatIsFoundWhenNobodyWantsItAnyMoreIsTold() {
        Ticket ticket = ticket(null);
        Told told = new Told();
        hub.offer(QUEUE, (order, token, asking) -> {
            ticket.gone();
            asking.by(told);
            return true;
        });

        ticket.start();

        await("it is cancelled").until(() -> told.cancelled.get() > 0);
    }

    @Test
    void aWorkerThatHasAnsweredWhenNobodyWantsItAnyMoreIsTold() {
        Ticket ticket = ticket(null);
        Told told = new Told();
        whenRan.set(ticket::gone);
        hub.offer(QUEUE, (order, token, asking) -> {
            asking.by(told);
            asking.head(200, Headers.NONE, 0);
            asking.end();
            return true;
        });

        ticket.start();

        await("it is cancelled").until(() -> told.cancelled.get() > 0);
        assertFalse(told.kept);
    }

    @Test
    void whatTheNextWorkerIsSentIsNotGivenToTheOneBefore() {
        AtomicInteger given = new AtomicInteger();
        AtomicReference<@Nullable Asking> first = new AtomicReference<>();
        Ticket ticket = ticket(new Body(
                () -> {
                    Asking dying = first.getAndSet(null);
                    if (dying != null) dying.failed(Caller.Failure.DIED, "it died");
                    return dying != null;
                },
                given));
        Told told = new Told();
        hub.offer(QUEUE, (order, token, asking) -> {
            asking.by(told);
            first.set(asking);
            asking.want(4);
            return true;
        });

        ticket.start();

        await("it is asked for the body").until(() -> given.get() > 0);
        assertTrue(told.pieces.isEmpty());
        ticket.gone();
    }

    private static final class Told implements Performer {
        private final AtomicInteger cancelled = new AtomicInteger();
        private final ConcurrentLinkedQueue<byte[]> pieces = new ConcurrentLinkedQueue<>();
        private volatile boolean kept;

        @Override
        public void piece(byte[] bytes) {
            pieces.add(bytes);
        }

        @Override
        public void end() {
            // There is none.
        }

        @Override
        public void taken(int bytes) {
            // Of no interest here.
        }

        @Override
        public void kept() {
            kept = true;
        }

        @Override
        public void cancel() {
            cancelled.incrementAndGet();
        }
    }

    /** Four bytes, before which something else happens, the first time; then they are given all the same. */
    private record Body(BooleanSupplier before, AtomicInteger given) implements RequestBody {

        @Override
        public boolean isRepeatable() {
            return true;
        }

        @Override
        public BodySource open(BodySink sink) {
            return new BodySource() {
                @Override
                public void request(long bytes) {
                    if (!before.getAsBoolean()) return;
                    sink.piece(ByteBuffer.allocate(4));
                    given.incrementAndGet();
                }

                @Override
                public void cancel() {
                    // It comes nevertheless.
                }
            };
        }

        @Override
        public void close() {
            // Nothing is kept.
        }
    }

    private static final class Nobody implements Customer {

        @Override
        public void head(int status, Headers headers, long length, IntConsumer taken) {
            // Nobody reads it.
        }

        @Override
        public void piece(byte[] bytes) {
            // Nobody reads it.
        }

        @Override
        public CompletionStage<Void> end() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void cut() {
            // Nobody is told.
        }

        @Override
        public void refused(Why why, String detail) {
            // Nobody is told.
        }
    }
}
