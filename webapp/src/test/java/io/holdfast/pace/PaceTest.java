// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int RATE = 1_000;
    private static final String RULE = "at 1000 bytes a second or more, over 20 seconds (body.rate)";
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final ManualTime time = new ManualTime();
    private final Pace pace = Pace.open(RATE, time, Runnable::run);
    private final Arriving body = new Arriving();

    private static final class Arriving implements Pace.Body {
        private final List<String> told = new ArrayList<>();
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
        public void onSlow(String rule) {
            told.add(rule);
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

    private Sender begin() {
        Sender sender = pace.sender(body);
        sender.begin();
        return sender;
    }

    @Test
    void aBodyThatComesTooSlowlyIsToldOnce() {
        begin();

        looks(4, 4_900);
        assertEquals(List.of(), body.told);
        looks(1, 4_900);
        assertEquals(List.of(RULE), body.told);
        looks(100, 0);
        assertEquals(List.of(RULE), body.told);
    }

    @Test
    void aBodyThatComesFastEnoughIsNeverTold() {
        begin();

        looks(1_000, 5_000);

        assertEquals(List.of(), body.told);
    }

    @Test
    void aClientMayPauseForSomeSeconds() {
        begin();

        for (int i = 0; i < 100; i++) {
            looks(1, 25_000);
            looks(3, 0);
        }

        assertEquals(List.of(), body.told);
    }

    @Test
    void bytesThatCameAtOnceDoNotCountForLater() {
        begin();

        looks(1, 1_000_000);
        looks(1, 1_000_000);
        looks(3, 1);
        assertEquals(List.of(), body.told);
        looks(1, 1);

        assertEquals(List.of(RULE), body.told);
    }

    @Test
    void aSenderThatWaitsForThisMemberIsNotTold() {
        begin();
        body.awaited = false;
        looks(100, 0);
        for (int i = 0; i < 100; i++) {
            body.awaited = !body.awaited;
            looks(1, 0);
        }
        assertEquals(List.of(), body.told);

        body.awaited = true;
        looks(5, 0);
        assertEquals(List.of(RULE), body.told);
    }

    @Test
    void aPieceOnItsWayDuringALookGivesNoNewTime() {
        begin();
        looks(3, 1);
        body.awaited = false;
        looks(1, 1);
        body.awaited = true;
        looks(2, 1);
        assertEquals(List.of(), body.told);

        looks(1, 1);
        assertEquals(List.of(RULE), body.told);
    }

    @Test
    void theRestOfAnAnsweredRequestIsCutOnceAndSooner() {
        Sender sender = begin();
        List<String> ends = new ArrayList<>();
        looks(4, 0);
        sender.onEnd(() -> ends.add("ended"), () -> ends.add("cut"));

        looks(1, 0);
        looks(100, 5_000);
        looks(1, 4_900);
        assertEquals(List.of(), ends);
        looks(1, 4_900);

        assertEquals(List.of("cut"), ends);
        assertEquals(List.of(), body.told);
        assertFalse(sender.end());
        assertEquals(List.of("cut"), ends);
        assertEquals(0, pace.watched());
    }

    @Test
    void aBodyThatMayBeSlowIsHeldToTheRateOnceItsRequestIsAnswered() {
        Sender sender = begin();
        List<String> ends = new ArrayList<>();
        sender.allowSlowness();
        looks(100, 0);
        assertEquals(List.of(), body.told);

        sender.onEnd(() -> ends.add("ended"), () -> ends.add("cut"));
        looks(3, 0);

        assertEquals(List.of("cut"), ends);
    }

    @Test
    void aBodyEndsOnce() {
        Sender sender = begin();
        List<String> ends = new ArrayList<>();
        assertFalse(sender.isOver());

        assertTrue(sender.end());
        assertTrue(sender.isOver());
        sender.onEnd(() -> ends.add("ended"), () -> ends.add("cut"));
        assertFalse(sender.end());
        looks(100, 0);

        assertEquals(List.of("ended"), ends);
        assertEquals(0, pace.watched());
    }

    @Test
    void aProcessThatStandsStillHoldsItAgainstNobody() {
        begin();
        looks(1, 0);

        for (int i = 0; i < 3; i++) {
            time.jump(Duration.ofMinutes(10));
            time.advance(Duration.ZERO);
        }

        assertEquals(List.of(), body.told);
    }

    @Test
    void aBodyThatIsNotWatchedAnyMoreIsNotTold() {
        Sender sender = begin();
        looks(4, 0);

        sender.close();
        looks(10, 0);

        assertEquals(List.of(), body.told);
        assertEquals(0, pace.watched());
    }

    @Test
    void aFailureKeepsNoOtherBodyFromBeingTold() {
        for (int i = 0; i < 10; i++)
            pace.sender(new Pace.Body() {
                        @Override
                        public long bytesReceived() {
                            return 0;
                        }

                        @Override
                        public boolean isAwaited() {
                            return true;
                        }

                        @Override
                        public void onSlow(String rule) {
                            throw new IllegalStateException("as intended");
                        }
                    })
                    .begin();
        begin();

        looks(5, 0);

        assertEquals(List.of(RULE), body.told);
    }

    @Test
    void aRequestThatEndsBeforeItsBodyBeginsLeavesNoWatch() {
        Sender sender = pace.sender(body);
        sender.close();

        sender.begin();

        assertEquals(0, pace.watched());
    }

    @Test
    void withoutARateNothingIsWatched() {
        try (Pace none = Pace.open(0, time, Runnable::run)) {
            none.sender(body).begin();
            looks(10, 0);

            assertEquals(List.of(), body.told);
            assertEquals(0, none.watched());
        }
    }
}
