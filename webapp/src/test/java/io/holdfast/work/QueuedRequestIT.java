// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterOptions;
import io.holdfast.config.Settings;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.message.Headers;
import io.holdfast.testing.ManualTime;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.waiter.WaiterLimits;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.relay.Order;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker whose request ends at the very moment when the worker gets it, or has answered it. */
class QueuedRequestIT {
    private static final String QUEUE = "q";
    private static final Duration WAIT = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final SystemTimer timer = new SystemTimer("queued-request");
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final AtomicReference<Runnable> whenRan = new AtomicReference<>(() -> {});
    private final Waiters waiters =
            new Waiters(new WaiterLimits(10, 1), time, time, executor, (ending, held, release) -> {});
    private final Cluster cluster =
            Cluster.open(ClusterOptions.read(settings()), List.of(WorkRoom.part()), Clocks.system(timer));
    private final Matchmaker matchmaker =
            new Matchmaker(WorkOptions.read(settings()), cluster, waiters, time.clocks(), executor, new WorkObserver() {
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
        return request(body, new Nobody());
    }

    private QueuedRequest request(@Nullable RequestBody body, Requester requester) {
        Order order = new Order(matchmaker.newId(), QUEUE, "GET", "/", Headers.NONE, body != null, -1, 3);
        return new QueuedRequest(matchmaker, order, body, 3, WAIT, requester);
    }

    @Test
    void aCancelReachesAWorkerThatWasJustMatched() {
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
    void aCancelReachesAWorkerThatHasAnswered() {
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

    /** The way in which the first worker fails, if there is one. */
    private enum First {
        NONE(false),
        NOT_THERE(false),
        GAVE_IT_BACK(true),
        DIED(true);

        private final boolean begun;

        First(boolean begun) {
            this.begun = begun;
        }

        Failure failure() {
            if (this == DIED) return new Failure(Kind.DIED, "its worker is gone");
            Failure declined = new Failure(Kind.DECLINED, "its worker has not begun");
            return begun ? declined.afterBegin() : declined;
        }
    }

    /** The way in which the request ends, after the first worker has failed or at once. */
    private enum Last {
        THE_WAIT_IS_OVER(Kind.NOT_TAKEN),
        THE_MEMBER_DRAINS(Kind.FULL),
        THE_MEMBER_HOLDS_NO_MORE(Kind.FULL),
        THE_BODY_IS_GONE(Kind.DECLINED);

        private final Kind kind;

        Last(Kind kind) {
            this.kind = kind;
        }
    }

    static Stream<Arguments> endings() {
        return Stream.of(First.values())
                .flatMap(first -> Stream.of(Last.values()).map(last -> Arguments.of(first, last)));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aRequestThatWasBegunIsNeverSaidToBeUndone(First first, Last last) {
        Waiting client = new Waiting();
        OneTime body = new OneTime();
        QueuedRequest request = request(body, client);
        if (first != First.NONE)
            matchmaker.offer(
                    QUEUE,
                    (given, whole, sink) -> {
                        if (last == Last.THE_MEMBER_HOLDS_NO_MORE) waiters.drain(Duration.ZERO);
                        sink.fail(first.failure());
                        return Running.NONE;
                    },
                    false);
        else if (last == Last.THE_MEMBER_HOLDS_NO_MORE) waiters.drain(Duration.ZERO);
        request.start();
        if (last != Last.THE_MEMBER_HOLDS_NO_MORE)
            await("it waits, again if it was given")
                    .until(() -> client.requeued == (first != First.NONE)
                            && waiters.stats().held() == 1);
        switch (last) {
            case THE_WAIT_IS_OVER -> time.advance(WAIT);
            case THE_MEMBER_DRAINS -> {
                waiters.drain(Duration.ZERO);
                time.advance(Duration.ofSeconds(1));
            }
            case THE_MEMBER_HOLDS_NO_MORE -> {}
            case THE_BODY_IS_GONE -> {
                body.repeatable = false;
                matchmaker.offer(
                        QUEUE,
                        (given, whole, sink) -> {
                            sink.fail(new Failure(Kind.DECLINED, "the worker was not there"));
                            return Running.NONE;
                        },
                        false);
            }
        }

        await("it is told").until(() -> client.told.get() != null);
        Failure told = Objects.requireNonNull(client.told.get());
        assertEquals(last.kind, told.kind());
        assertEquals(first.begun, told.mayHaveBegun(), told::detail);
    }

    /** A body that can be sent again until it cannot. */
    private static final class OneTime implements RequestBody {
        private volatile boolean repeatable = true;

        @Override
        public boolean isRepeatable() {
            return repeatable;
        }

        @Override
        public BodySource open(BodySink sink) {
            return BodySource.NONE;
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    /** A client that waits for a response, and learns of a failure. */
    private static final class Waiting implements Requester {
        private final AtomicReference<@Nullable Failure> told = new AtomicReference<>();
        private volatile boolean requeued;

        @Override
        public void onRequeued(Failure why) {
            requeued = true;
        }

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            return BodySink.DISCARD;
        }

        @Override
        public void fail(Failure why) {
            told.set(why);
        }
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
