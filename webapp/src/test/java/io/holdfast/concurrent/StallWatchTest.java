// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Race;
import io.holdfast.time.SystemTimer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StallWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(30), MOMENT = Duration.ofMillis(1);

    private final ManualTime time = new ManualTime();
    private final Watched watched = new Watched();
    private final StallWatch watch = new StallWatch(time, LIMIT, watched);

    private static class Watched implements StallWatch.Subject {
        final AtomicLong progress = new AtomicLong();
        final AtomicInteger stalls = new AtomicInteger();
        volatile boolean awaited;

        @Override
        public long progress() {
            return progress.get();
        }

        @Override
        public boolean isAwaited() {
            return awaited;
        }

        @Override
        public void onStall() {
            stalls.incrementAndGet();
        }
    }

    private void expect() {
        watch.expect();
        watched.awaited = true;
    }

    @Test
    void aStallIsReportedOnceAfterTheLimit() {
        expect();

        time.advance(LIMIT.minus(MOMENT));
        int before = watched.stalls.get();
        time.advance(MOMENT);
        time.advance(LIMIT.multipliedBy(3));

        assertEquals(List.of(0, 1, 0), List.of(before, watched.stalls.get(), time.waiting()));
        assertFalse(watch.close());
    }

    @Test
    void progressIsNoStall() {
        expect();

        for (int i = 0; i < 10; i++) {
            watched.progress.incrementAndGet();
            time.advance(LIMIT);
        }
        int before = watched.stalls.get();
        time.advance(LIMIT);

        assertEquals(List.of(0, 1), List.of(before, watched.stalls.get()));
    }

    @Test
    void noTimerRunsIfNothingIsAwaited() {
        expect();
        watched.awaited = false;

        time.advance(LIMIT);

        assertEquals(List.of(0, 0), List.of(watched.stalls.get(), time.waiting()));
    }

    @Test
    void itWatchesAgainWhenSomethingIsAwaitedAgain() {
        expect();
        watched.awaited = false;
        time.advance(LIMIT);

        expect();
        time.advance(LIMIT);

        assertEquals(1, watched.stalls.get());
    }

    @Test
    void manyExpectationsShareOneTimer() {
        for (int i = 0; i < 100; i++) expect();

        assertEquals(1, time.waiting());
    }

    @Test
    void anExpectationShortlyBeforeTheLimitHasTheWholeLimit() {
        expect();
        watched.awaited = false;
        time.advance(LIMIT.minus(MOMENT));

        expect();
        time.advance(LIMIT.minus(MOMENT));
        int before = watched.stalls.get();
        time.advance(LIMIT);

        assertEquals(List.of(0, 1), List.of(before, watched.stalls.get()));
    }

    @Test
    void aClosedWatchReportsNothingAndLeavesNoTimer() {
        expect();

        assertTrue(watch.close());
        int left = time.waiting();
        expect();
        time.advance(LIMIT.multipliedBy(2));

        assertEquals(List.of(0, 0, 0), List.of(left, watched.stalls.get(), time.waiting()));
    }

    /** Race: the timer's look against the close; a look that has begun finds the watch closed. */
    @Test
    void aCloseDuringALookWins() {
        StallWatch[] own = new StallWatch[1];
        Watched closing = new Watched() {
            @Override
            public boolean isAwaited() {
                own[0].close();
                return true;
            }
        };
        own[0] = new StallWatch(time, LIMIT, closing);
        own[0].expect();

        time.advance(LIMIT);

        assertEquals(List.of(0, 0), List.of(closing.stalls.get(), time.waiting()));
    }

    /** Race: the timer's check, which finds nothing awaited, against an expectation that begins before the timer has paused. */
    @Test
    void anExpectationDuringALookIsWatched() {
        StallWatch[] own = new StallWatch[1];
        AtomicInteger readings = new AtomicInteger();
        Watched late = new Watched() {
            @Override
            public long progress() {
                // The first reading is that of the expectation, the second that of the look.
                if (readings.incrementAndGet() == 2) {
                    own[0].expect();
                    awaited = true;
                }
                return super.progress();
            }
        };
        own[0] = new StallWatch(time, LIMIT, late);
        own[0].expect();

        time.advance(LIMIT);
        int armed = time.waiting();
        time.advance(LIMIT);

        assertEquals(List.of(1, 1), List.of(armed, late.stalls.get()));
    }

    /** Race: a stall against a close, on real threads and a real timer; the stall is reported unless the close was first. */
    @Test
    void itIsClosedOrStalled() throws Exception {
        try (SystemTimer timer = new SystemTimer("stall-watch-test")) {
            for (int i = 0; i < 500; i++) {
                CountDownLatch told = new CountDownLatch(1);
                Watched subject = new Watched() {
                    @Override
                    public void onStall() {
                        super.onStall();
                        told.countDown();
                    }
                };
                StallWatch racing = new StallWatch(timer, Duration.ofNanos(50_000), subject);
                subject.awaited = true;
                racing.expect();
                boolean closed = racing.close();
                if (!closed) assertTrue(told.await(60, TimeUnit.SECONDS));
                assertEquals(closed ? 0 : 1, subject.stalls.get());
            }
        }
    }

    /** Race: an expectation against the look that would pause; no expectation is left without a timer. */
    @Test
    void noExpectationIsLeftWithoutATimer() throws Exception {
        Race.run(
                20_000,
                round -> {
                    watched.awaited = false;
                    time.advance(LIMIT.multipliedBy(2));
                    assertEquals(0, time.waiting());
                    watch.expect();
                },
                round -> assertEquals(List.of(1, 0), List.of(time.waiting(), watched.stalls.get())),
                List.of(round -> time.advance(LIMIT), round -> expect()));
    }
}
