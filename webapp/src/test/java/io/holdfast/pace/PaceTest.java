// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int RATE = 1_000;
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final ManualTime time = new ManualTime();
    private final Pace pace = Pace.open(RATE, time, Runnable::run);
    private final Arriving body = new Arriving();

    private static final class Arriving implements Pace.Body {
        private final List<Long> told = new ArrayList<>();
        private long received;
        private boolean awaited = true;

        @Override
        public long bytesReceived() {
            return received;
        }

        @Override
        public boolean isAwaited() {
            return awaited;
        }

        @Override
        public void onSlow(long cameAt) {
            told.add(cameAt);
        }
    }

    /** Has so many bytes come before each look. */
    private void looks(int looks, int bytes) {
        for (int i = 0; i < looks; i++) {
            body.received += bytes;
            time.advance(LOOK);
        }
    }

    @AfterEach
    void close() {
        pace.close();
        assertEquals(0, time.waiting());
    }

    @Test
    void aBodyThatComesTooSlowlyIsToldOnceAfterItsTimeAndThenAtEveryOtherLook() {
        pace.watch(body);

        looks(4, 4_900);
        assertEquals(List.of(), body.told);
        looks(1, 4_900);
        assertEquals(List.of(980L), body.told);
        looks(4, 0);
        assertEquals(List.of(980L, 0L, 0L), body.told);
    }

    @Test
    void aBodyThatComesFastEnoughIsNeverTold() {
        pace.watch(body);

        looks(1_000, 5_000);

        assertEquals(List.of(), body.told);
    }

    @Test
    void bytesThatCameAtOnceDoNotCountForLater() {
        pace.watch(body);

        looks(1, 1_000_000);
        looks(4, 1);

        assertEquals(List.of(0L), body.told);
    }

    @Test
    void aSenderThatWaitsForThisMemberIsNotTold() {
        pace.watch(body);
        body.awaited = false;
        looks(100, 0);
        body.awaited = true;
        looks(4, 0);
        body.awaited = false;
        looks(1, 0);
        body.awaited = true;
        looks(4, 0);
        assertEquals(List.of(), body.told);

        looks(1, 0);
        assertEquals(List.of(0L), body.told);
    }

    @Test
    void aProcessThatStandsStillHoldsItAgainstNobody() {
        pace.watch(body);
        looks(1, 0);

        for (int i = 0; i < 3; i++) {
            time.jump(Duration.ofMinutes(10));
            time.advance(Duration.ZERO);
        }

        assertEquals(List.of(), body.told);
    }

    @Test
    void aBodyThatIsNotWatchedAnyMoreIsNotTold() {
        Sender sender = pace.watch(body);
        looks(4, 0);

        sender.close();
        looks(10, 0);

        assertEquals(List.of(), body.told);
        assertEquals(0, pace.watched());
    }

    @Test
    void aFailureKeepsNoOtherBodyFromBeingTold() {
        for (int i = 0; i < 10; i++)
            pace.watch(new Pace.Body() {
                @Override
                public long bytesReceived() {
                    return 0;
                }

                @Override
                public boolean isAwaited() {
                    return true;
                }

                @Override
                public void onSlow(long cameAt) {
                    throw new IllegalStateException("as intended");
                }
            });
        pace.watch(body);

        looks(5, 0);

        assertEquals(List.of(0L), body.told);
    }

    @Test
    void withoutARateNothingIsWatched() {
        try (Pace none = Pace.open(0, time, Runnable::run)) {
            none.watch(body);
            looks(10, 0);

            assertEquals(List.of(), body.told);
            assertEquals(0, none.watched());
        }
    }
}
