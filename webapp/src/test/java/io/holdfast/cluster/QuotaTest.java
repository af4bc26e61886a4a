// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A member's share of what the cluster may hold. */
class QuotaTest {
    private final MemberTrust members = new MemberTrust(new ManualTime(0), 1, Duration.ofSeconds(5));
    private int size = 3;
    private long owned;
    private final Quota quota = new Quota(members, 10, () -> owned);

    QuotaTest() {
        members.begin(() -> size);
    }

    private boolean hasRoom(long now) {
        owned = now;
        quota.count();
        return quota.hasRoom();
    }

    @Test
    void thereIsRoomBeforeTheFirstCount() {
        owned = 1_000;
        assertTrue(quota.hasRoom());
        assertFalse(quota.isOver(1));
    }

    @Test
    void aMemberMayOwnAnEqualShareRoundedUp() {
        assertTrue(hasRoom(3));
        assertFalse(hasRoom(4));
        size = 2;
        assertTrue(hasRoom(4));
        assertFalse(hasRoom(5));
        size = 0;
        assertTrue(hasRoom(9), "a member that is leaving counts as one");
    }

    @Test
    void anAmountThatIsAddedCountsUntilTheNextCount() {
        assertTrue(hasRoom(2));
        quota.add(2);
        assertFalse(quota.hasRoom());
        assertTrue(hasRoom(3), "it is not counted twice");
    }

    @Test
    void anAmountThatIsAddedDuringACountStays() {
        Quota[] adding = new Quota[1];
        adding[0] = new Quota(members, 10, () -> {
            adding[0].add(3);
            return 1;
        });
        adding[0].count();
        assertFalse(adding[0].hasRoom(), "the count may have missed it");
    }

    @Test
    void aMemberIsOverItsShareByWholeShares() {
        hasRoom(4);
        assertFalse(quota.isOver(1));
        hasRoom(5);
        assertTrue(quota.isOver(1));
        assertFalse(quota.isOver(2));
        hasRoom(9);
        assertTrue(quota.isOver(2));
    }
}
