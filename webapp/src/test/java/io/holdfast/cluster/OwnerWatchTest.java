// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A member that does not get over a loss says so, and one that does says nothing. */
class OwnerWatchTest {
    private static final Duration FIVE = Duration.ofSeconds(5);

    private final ManualTime time = new ManualTime();
    private final OwnerWatch watch = new OwnerWatch(time);

    private void looks(int times, boolean isOwned) {
        for (int i = 0; i < times; i++) {
            watch.look(isOwned);
            time.advance(FIVE);
        }
    }

    @Test
    void aLossThatIsGotOverInTimeIsNoDoubt() {
        looks(1, true);
        looks(4, false);
        looks(1, true);
        looks(4, false);
        assertEquals(Optional.empty(), watch.doubt());
    }

    @Test
    void partsWithoutAnOwnerForLongerMeanThatTheMemberMustBeStartedAgain() {
        looks(5, false);
        assertTrue(watch.doubt().orElse("").contains("must be started again"), () -> "" + watch.doubt());
        looks(1, true);
        assertEquals(Optional.empty(), watch.doubt(), "it has got over it");
    }
}
