// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a member may vouch for the state, with a ticker that overflows on the way. */
class StandingTest {
    private static final Duration HEARTBEAT_LIMIT = Duration.ofSeconds(5), PAUSE = Duration.ofMillis(3_600);

    private final ManualTime time =
            new ManualTime(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());
    private final Standing standing = new Standing(time, 1, HEARTBEAT_LIMIT);
    private int lifted;

    @BeforeEach
    void twoMembers() {
        standing.begin(2);
    }

    /** Time passes and the pulse beats, as on a process that runs. */
    private void run(Duration duration) {
        for (long beats = duration.dividedBy(Standing.PULSE); beats > 0; beats--) {
            time.advance(Standing.PULSE);
            if (standing.beat()) lifted++;
        }
    }

    private void inDoubt(String part) {
        String doubt = standing.doubt().orElseThrow();
        assertTrue(doubt.contains(part), doubt);
    }

    private void inGoodStanding() {
        assertEquals("", standing.doubt().orElse(""));
    }

    @Test
    void aMemberThatRunsIsInGoodStanding() {
        run(Duration.ofMinutes(2));

        inGoodStanding();
        assertTrue(standing.isCalm());
        assertEquals(0, lifted);
    }

    @Test
    void theTimeBeforeTheMemberIsUpIsNoPause() {
        Standing slow = new Standing(time, 1, HEARTBEAT_LIMIT);
        time.advance(Duration.ofMinutes(1));

        slow.begin(1);

        assertTrue(slow.doubt().isEmpty());
        assertFalse(slow.beat());
    }

    @Test
    void aShortPauseIsForgiven() {
        run(Duration.ofSeconds(1));
        time.jump(Duration.ofMillis(3_300));

        inGoodStanding();
        run(Duration.ofSeconds(1));
        inGoodStanding();
    }

    @Test
    void aMemberThatWasPausedIsInDoubtEvenBeforeThePulseRuns() {
        run(Duration.ofSeconds(1));
        time.jump(PAUSE);

        inDoubt("paused");
    }

    @Test
    void theDoubtIsLiftedOnceAfterTheVerdictTimeWhenNobodyWasLost() {
        time.jump(PAUSE);
        run(HEARTBEAT_LIMIT);

        inDoubt("paused");
        assertEquals(0, lifted);
        run(Duration.ofMillis(200));
        inGoodStanding();
        run(Duration.ofSeconds(1));
        assertEquals(1, lifted);
    }

    @Test
    void theDoubtIsKeptUntilTheMergeWhenSomebodyWasLost() {
        time.jump(PAUSE);
        run(Duration.ofSeconds(1));
        standing.lost(1);
        run(Duration.ofSeconds(10));

        inDoubt("paused");
        standing.merging();
        inDoubt("merging");
        standing.merged(2);
        inGoodStanding();
        assertEquals(2, standing.size());
        assertEquals(0, lifted);
    }

    @Test
    void aLossThatIsNoticedBeforeThePulseRunsCountsAsAVerdict() {
        time.jump(PAUSE);
        standing.lost(1);
        run(Duration.ofSeconds(10));

        inDoubt("paused");
    }

    @Test
    void whenNoMergeComesWithinTheRejoinWindowTheMemberTakesItselfForTheSurvivor() {
        time.jump(PAUSE);
        standing.lost(1);
        run(Duration.ofSeconds(30));
        inDoubt("paused");

        run(Duration.ofMillis(200));

        inGoodStanding();
        assertEquals(1, lifted);
    }

    @Test
    void aSecondPauseDuringTheDoubtStartsTheVerdictTimeAgainAndForgetsNoLoss() {
        time.jump(PAUSE);
        run(Duration.ofSeconds(4));
        time.jump(PAUSE);
        run(Duration.ofSeconds(4));
        inDoubt("paused");
        standing.lost(1);
        time.jump(PAUSE);

        run(Duration.ofSeconds(20));

        inDoubt("paused");
    }

    @Test
    void aLossWhileTheMemberRunsIsNoDoubt() {
        run(Duration.ofSeconds(1));

        standing.lost(1);

        inGoodStanding();
        assertEquals(1, standing.size());
    }

    @Test
    void belowTheMinimumSizeNothingIsVouchedFor() {
        Standing three = new Standing(time, 3, HEARTBEAT_LIMIT);
        three.begin(2);
        assertEquals("the cluster has 2 of at least 3 members", three.doubt().orElseThrow());

        three.joined(3);
        assertTrue(three.doubt().isEmpty());

        three.lost(2);
        assertTrue(three.doubt().isPresent());
    }

    @Test
    void aMemberThatLeavesVouchesForNothingAnyMore() {
        standing.leaving();

        inDoubt("leaving");
        run(Duration.ofMinutes(1));
        inDoubt("leaving");
    }

    @Test
    void thereIsNoCalmForAWhileAfterALossAMergeOrAPause() {
        assertTrue(standing.isCalm());

        standing.lost(1);
        restless();

        standing.merging();
        standing.merged(2);
        restless();

        time.jump(PAUSE);
        standing.beat();
        restless();
    }

    private void restless() {
        assertFalse(standing.isCalm());
        run(Duration.ofSeconds(10));
        assertFalse(standing.isCalm());
        run(Duration.ofMillis(200));
        assertTrue(standing.isCalm());
    }

    @Test
    void aMemberThatJoinsDisturbsTheCalmOnlyAfterALoss() {
        standing.joined(3);
        assertTrue(standing.isCalm(), "it brings nothing that others had seen");

        standing.lost(2);
        run(Duration.ofSeconds(11));
        standing.joined(3);

        assertFalse(standing.isCalm(), "it may bring back the other side of a split");
    }
}
