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
class MemberTrustTest {
    private static final Duration HEARTBEAT_LIMIT = Duration.ofSeconds(5), PAUSE = Duration.ofMillis(3_600);

    private final ManualTime time =
            new ManualTime(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());
    private final MemberTrust trust = new MemberTrust(time, new Quorum(1, 0), HEARTBEAT_LIMIT);
    private int members = 2;
    private int lifted;

    @BeforeEach
    void twoMembers() {
        trust.begin(() -> members);
    }

    private void lost(int remaining) {
        members = remaining;
        trust.lost();
    }

    private void joined(int now) {
        members = now;
        trust.joined();
    }

    private void merged(int now) {
        members = now;
        trust.merged();
    }

    /** Time passes and the pulse beats, as on a process that runs. */
    private void run(Duration duration) {
        for (long beats = duration.dividedBy(MemberTrust.PULSE); beats > 0; beats--) {
            time.advance(MemberTrust.PULSE);
            if (trust.beat()) lifted++;
        }
    }

    private void inDoubt(String part) {
        String doubt = trust.doubt().orElseThrow();
        assertTrue(doubt.contains(part), doubt);
    }

    private void inGoodStanding() {
        assertEquals("", trust.doubt().orElse(""));
    }

    @Test
    void aMemberThatRunsIsInGoodStanding() {
        run(Duration.ofMinutes(2));

        inGoodStanding();
        assertTrue(trust.isCalm());
        assertEquals(0, lifted);
    }

    @Test
    void theTimeBeforeTheMemberIsUpIsNoPause() {
        MemberTrust slow = new MemberTrust(time, new Quorum(1, 0), HEARTBEAT_LIMIT);
        time.advance(Duration.ofMinutes(1));

        slow.begin(() -> 1);

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
    void theDoubtEndsOnceAfterTheVerdictTimeIfNoMemberWasLost() {
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
        lost(1);
        run(Duration.ofSeconds(10));

        inDoubt("paused");
        trust.merging();
        inDoubt("merging");
        merged(2);
        inGoodStanding();
        assertEquals(2, trust.size());
        assertEquals(0, lifted);
    }

    @Test
    void aLossThatIsNoticedBeforeThePulseRunsCountsAsAVerdict() {
        time.jump(PAUSE);
        lost(1);
        run(Duration.ofSeconds(10));

        inDoubt("paused");
    }

    @Test
    void whenNoMergeComesWithinTheRejoinWindowTheMemberTakesItselfForTheSurvivor() {
        time.jump(PAUSE);
        lost(1);
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
        lost(1);
        time.jump(PAUSE);

        run(Duration.ofSeconds(20));

        inDoubt("paused");
    }

    @Test
    void aLossWhileTheMemberRunsIsNoDoubt() {
        run(Duration.ofSeconds(1));

        lost(1);

        inGoodStanding();
        assertEquals(1, trust.size());
    }

    @Test
    void ofTwoMembersEachMayHaveRecordsThatTheOtherDoesNotKnowUntilTheyAreTogether() {
        Duration day = Duration.ofDays(1), calm = Duration.ofSeconds(11);
        assertFalse(trust.mayBeElsewhere(day));
        lost(1);
        run(calm);
        assertTrue(trust.mayBeElsewhere(day));
        assertFalse(trust.mayBeElsewhere(calm.minusSeconds(1)), "nothing of it would be kept");
        joined(2);
        assertTrue(trust.mayBeElsewhere(day), "perhaps it is on its way");
        run(calm);
        assertFalse(trust.mayBeElsewhere(day));
    }

    @Test
    void theOthersOfAMajorityHaveNoRecordsOfTheirOwn() {
        members = 3;
        MemberTrust most = new MemberTrust(time, new Quorum(0, 0), HEARTBEAT_LIMIT);
        most.begin(() -> members);
        members = 2;
        most.lost();
        assertTrue(most.mayBeElsewhere(Duration.ofDays(1)));
        time.advance(Duration.ofSeconds(11));
        assertFalse(most.mayBeElsewhere(Duration.ofDays(1)));
    }

    @Test
    void belowTheMinimumSizeNothingIsVouchedFor() {
        MemberTrust three = new MemberTrust(time, new Quorum(3, 0), HEARTBEAT_LIMIT);
        three.begin(() -> members);
        assertEquals("the cluster has 2 of at least 3 members", three.doubt().orElseThrow());

        members = 3;
        three.joined();
        assertTrue(three.doubt().isEmpty());

        members = 2;
        assertEquals("the cluster has 2 of at least 3 members", three.doubt().orElseThrow(), "before the event comes");
    }

    @Test
    void withAMinimumSizeALossIsADoubtUntilEnoughOfTheOthersHaveAnsweredSince() {
        members = 5;
        MemberTrust three = new MemberTrust(time, new Quorum(3, 0), HEARTBEAT_LIMIT);
        three.begin(() -> members);
        assertTrue(three.unsureSince().isEmpty());

        members = 4;
        assertTrue(three.doubt().orElseThrow().contains("makes sure"), "before the event comes");
        three.lost();
        long first = three.unsureSince().orElseThrow();
        members = 3;
        three.lost();
        long second = three.unsureSince().orElseThrow();

        assertFalse(three.answered(first, 4), "the answers may be older than the second loss");
        assertFalse(three.answered(second, 1), "two members are not enough");
        assertTrue(three.doubt().orElseThrow().contains("makes sure"));
        assertTrue(three.answered(second, 2));
        assertTrue(three.doubt().isEmpty());
        assertTrue(three.unsureSince().isEmpty());
    }

    @Test
    void theMinorityOfASplitThatLosesTheOthersOneByOneIsInDoubtAllTheTime() {
        members = 3;
        MemberTrust cutOff = new MemberTrust(time, new Quorum(2, 0), HEARTBEAT_LIMIT);
        cutOff.begin(() -> members);

        members = 2;
        cutOff.beat();
        for (int beats = 0; beats < 10; beats++) {
            time.advance(MemberTrust.PULSE);
            cutOff.beat();
            assertFalse(cutOff.answered(cutOff.unsureSince().orElseThrow(), 0));
            assertTrue(cutOff.doubt().isPresent());
        }
        members = 1;
        assertTrue(cutOff.doubt().isPresent());
        cutOff.lost();
        assertEquals("the cluster has 1 of at least 2 members", cutOff.doubt().orElseThrow());
    }

    @Test
    void aMemberThatIsStoppedButNotByUsVouchesForNothingAnyMore() {
        trust.stopped();
        members = 0;

        inDoubt("started again");
    }

    @Test
    void aMemberThatCouldNotMergeIsInDoubtUntilItCan() {
        trust.merging();
        trust.mergeFailed();
        run(Duration.ofMinutes(1));
        inDoubt("could not merge");

        trust.merging();
        merged(3);

        inGoodStanding();
    }

    @Test
    void aMemberThatLeavesPassesOnAnswersEvenAfterIt() {
        trust.leaving();
        trust.stopped();
        members = 0;

        inDoubt("leaving");
        assertTrue(trust.doubtOfAnswers().isEmpty());
    }

    @Test
    void aMemberThatLeavesVouchesForNothingAnyMore() {
        trust.leaving();

        inDoubt("leaving");
        run(Duration.ofMinutes(1));
        inDoubt("leaving");
    }

    @Test
    void thereIsNoCalmForAWhileAfterALossAMergeOrAPause() {
        assertTrue(trust.isCalm());

        lost(1);
        restless();

        trust.merging();
        merged(2);
        restless();

        time.jump(PAUSE);
        trust.beat();
        restless();
    }

    private void restless() {
        assertFalse(trust.isCalm());
        run(Duration.ofSeconds(10));
        assertFalse(trust.isCalm());
        run(Duration.ofMillis(200));
        assertTrue(trust.isCalm());
    }

    @Test
    void aMemberThatJoinsDisturbsTheCalmOnlyAfterALoss() {
        joined(3);
        assertTrue(trust.isCalm(), "it brings nothing that others had seen");

        lost(2);
        run(Duration.ofSeconds(11));
        joined(3);

        assertFalse(trust.isCalm(), "it may bring back the other side of a split");
    }

    @Test
    void aMemberThatHasAnnouncedItsLeaveIsNoLossAndAnotherThatIsLostMeanwhileIs() {
        MemberTrust three = new MemberTrust(time, new Quorum(2, 0), HEARTBEAT_LIMIT);
        int[] known = {4};
        members = 4;
        three.begin(() -> members, () -> known[0]);

        members = 3; // The list lacks the one that has announced it.
        assertTrue(three.doubt().isEmpty());
        assertFalse(three.beat());
        assertTrue(three.unsureSince().isEmpty());
        three.left();
        known[0] = 3;
        assertTrue(three.doubt().isEmpty());
        assertTrue(three.isCalm());

        known[0] = 2; // This one has not announced it, and its event has not come.
        members = 2;
        assertTrue(three.doubt().orElseThrow().contains("lost a member"));
        three.lost();
        assertTrue(three.doubt().orElseThrow().contains("lost a member"));
        assertTrue(three.answered(three.unsureSince().orElseThrow(), 1));
        assertTrue(three.doubt().isEmpty());
    }

    @Test
    void aLossThatTheListTellsBesideAnAnnouncedLeaveIsADoubt() {
        MemberTrust three = new MemberTrust(time, new Quorum(2, 0), HEARTBEAT_LIMIT);
        int[] known = {4};
        members = 4;
        three.begin(() -> members, () -> known[0]);

        members = 2; // One has announced it and one is lost; the event of the first comes first.
        known[0] = 3;
        assertTrue(three.doubt().orElseThrow().contains("lost a member"));
        three.left();
        known[0] = 2;

        assertTrue(three.doubt().orElseThrow().contains("lost a member"));
    }

    @Test
    void whereAnAnnouncedLeaveGoesBelowTheMinimumNothingIsVouchedFor() {
        MemberTrust two = new MemberTrust(time, new Quorum(2, 0), HEARTBEAT_LIMIT);
        two.begin(() -> members, () -> 2);
        members = 1;

        assertTrue(two.doubt().orElseThrow().contains("at least 2"));
    }
}
