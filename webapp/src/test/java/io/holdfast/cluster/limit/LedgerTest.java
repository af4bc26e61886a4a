// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The books of a member on one map, and its share of a limit. */
class LedgerTest {
    private static final Duration LATER = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private int members = 1;
    private Holdings owned = new Holdings(0, 0);
    private int counts;
    private final Ledger ledger = new Ledger(() -> members, this::count, time);

    private Holdings count() {
        counts++;
        return owned;
    }

    private boolean take(long most) {
        ledger.begin();
        return ledger.takeName(most);
    }

    /** How many names are taken until one is refused. */
    private int takeAll(long most) {
        int taken = 0;
        while (take(most)) {
            taken++;
            owned = new Holdings(owned.names() + 1, 0);
        }
        return taken;
    }

    @Test
    void aMemberAloneMayHaveAllAndNotOneMore() {
        assertEquals(50, takeAll(50));
        time.advance(LATER);
        assertFalse(take(50));
        assertEquals(50, ledger.names());
    }

    @Test
    void theSharesOfSeveralMembersAreOnePercentTooLargeAtMost() {
        members = 3;
        assertEquals(17, takeAll(50));
        ledger.stale();
        owned = new Holdings(0, 0);
        assertEquals(33_333 + 1_000, takeAll(100_000));
    }

    @Test
    void bytesAreNotOverTheLimitAtAll() {
        members = 3;
        ledger.begin();
        assertTrue(ledger.takeBytes(30, 100));
        assertFalse(ledger.takeBytes(4, 100));
        assertTrue(ledger.takeBytes(3, 100));
        assertFalse(ledger.takeBytes(1, 100));
        ledger.add(0, -10);
        assertTrue(ledger.takeBytes(10, 100));
    }

    @Test
    void refusedNamesAreCountedAgainButNotEachTime() {
        assertEquals(5, takeAll(5));
        int before = counts;
        for (int i = 0; i < 100; i++) assertFalse(take(5));
        assertEquals(before, counts);
        owned = new Holdings(3, 0);
        time.advance(LATER);
        assertEquals(2, takeAll(5), "two were removed elsewhere");
    }

    @Test
    void whatMovesHereIsCountedBeforeMoreIsTaken() {
        assertTrue(take(5));
        owned = new Holdings(5, 0);
        ledger.stale();
        assertFalse(take(5));
        members = 2;
        ledger.stale();
        owned = new Holdings(2, 0);
        time.advance(LATER);
        assertEquals(1, takeAll(5), "half of it, and one");
    }

    @Test
    void whatAnotherThreadHasTakenAndPerhapsNotStoredIsNotForgottenByACount() throws Exception {
        CompletableFuture<Boolean> taking = new CompletableFuture<>();
        AtomicBoolean stored = new AtomicBoolean();
        Thread other = new Thread(() -> {
            taking.complete(take(1));
            while (!stored.get()) Thread.onSpinWait();
        });
        other.start();
        try {
            assertTrue(taking.join());
            time.advance(Duration.ofMillis(100));
            assertFalse(take(1), "it is not among what was counted");
            time.advance(LATER);
            assertTrue(take(1), "so it was given back");
        } finally {
            stored.set(true);
            other.join();
        }
    }

    @Test
    void whatAThreadHasTakenThatWaitsForItsNextCommandIsStoredAndNotCountedTwice() {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            assertEquals(
                    2, CompletableFuture.supplyAsync(() -> takeAll(2), other).join());
            await().until(() -> {
                time.advance(Duration.ofMillis(30));
                return !take(2) && ledger.names() == 2;
            });
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void whatIsStoredIsCountedOnce() {
        CompletableFuture.runAsync(() -> {
                    assertTrue(take(2));
                    owned = new Holdings(1, 0);
                    ledger.stored();
                })
                .join();
        time.advance(Duration.ofMillis(100));
        ledger.count();
        assertEquals(1, ledger.names());
        assertTrue(take(2));
    }

    @Test
    void bytesThatTheMapDoesNotKnowAreWeighedAndWhatComesMeanwhileIsKept() {
        owned = new Holdings(1, Holdings.UNKNOWN);
        assertTrue(ledger.takeBytes(10, 100));
        ledger.stale();
        assertTrue(ledger.isUnweighed());
        ledger.weigh(() -> {
            ledger.add(0, 5);
            return 40;
        });
        assertFalse(ledger.isUnweighed());
        assertEquals(45, ledger.bytes());
        ledger.count();
        assertEquals(45, ledger.bytes(), "only a scan tells more");
    }

    @Test
    void bytesThatMoveHereAreEstimatedUntilTheyAreWeighed() {
        ledger.begin();
        for (int i = 0; i < 4; i++) assertTrue(ledger.takeName(100) && ledger.takeBytes(10, 100));
        ledger.stored();
        owned = new Holdings(8, Holdings.UNKNOWN);
        ledger.stale();
        ledger.begin();
        assertEquals(80, ledger.bytes(), "as long as the others");
        assertFalse(ledger.takeBytes(21, 100));
        owned = new Holdings(2, Holdings.UNKNOWN);
        ledger.stale();
        ledger.begin();
        assertEquals(20, ledger.bytes(), "some have gone");
        ledger.weigh(() -> 33);
        ledger.count();
        assertEquals(33, ledger.bytes());
    }

    @Test
    void whatIsTakenButNotStoredHasNotMovedAway() {
        ledger.begin();
        for (int i = 0; i < 4; i++) assertTrue(ledger.takeName(100) && ledger.takeBytes(25, 100));
        ledger.stored();
        owned = new Holdings(4, Holdings.UNKNOWN);
        for (int i = 0; i < 3; i++) {
            time.advance(LATER);
            ledger.begin();
            assertTrue(ledger.takeName(100));
            assertFalse(ledger.takeBytes(25, 100), "counted once more before it is refused");
            ledger.add(-1, 0);
        }
        assertEquals(100, ledger.bytes());
    }

    @Test
    void aMemberIsOverAPartOfItsShare() {
        members = 2;
        owned = new Holdings(1, 260);
        assertTrue(ledger.isOver(1_000, 50));
        assertFalse(ledger.isOver(1_000, 60));
    }

    private boolean remove() {
        ledger.begin();
        ledger.add(-1, 0);
        ledger.vacate(1);
        return true;
    }

    @Test
    void thePlaceOfAnEntryThatOnlyShowsARemovalIsFreeAtOnceAndTakenAgain() {
        assertEquals(2, takeAll(2));
        for (int i = 0; i < 50; i++) {
            assertTrue(remove());
            time.advance(Duration.ofMillis(i));
            ledger.begin();
            assertTrue(ledger.takeVacant(2), "the entry itself");
            ledger.begin();
            assertFalse(ledger.takeVacant(2), "and no other");
        }
        remove();
        time.advance(LATER);
        assertTrue(take(2), "a new entry in its place");
        owned = new Holdings(3, 0);
        time.advance(LATER);
        assertFalse(take(2));
    }

    @Test
    void afterEntriesHaveMovedNoneIsVacantUntilAScanSaysSo() {
        assertEquals(2, takeAll(2));
        remove();
        ledger.stale();
        time.advance(LATER);
        assertFalse(take(2));
        assertTrue(ledger.isUnweighed());

        ledger.vacate(() -> 1);

        assertFalse(ledger.isUnweighed());
        assertTrue(ledger.hasVacant());
        assertTrue(take(2));
    }

    @Test
    void whatIsTakenDuringAScanIsNotVacantAfterIt() {
        assertEquals(2, takeAll(2));
        remove();
        ledger.vacate(() -> {
            ledger.begin();
            assertTrue(ledger.takeVacant(2));
            return 1;
        });

        time.advance(LATER);
        assertFalse(take(2));
    }
}
