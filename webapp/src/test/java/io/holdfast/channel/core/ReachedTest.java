// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.channel.log.EventId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The statements of a receipt about members. */
class ReachedTest {

    @Test
    void aFormerMemberThatHasNotReportedIsUnknown() {
        Reached reached = new Reached(Map.of("a", 1L, "b", 0L), Set.of("c"));

        assertEquals(new Reached(Map.of("a", 1L, "b", 0L), Set.of("c", "d")), reached.orLost(Set.of("b", "c", "d")));
    }

    @Test
    void aRepetitionReachesNobodyAndLosesNobody() {
        Published repeated =
                new Published(EventId.BEGINNING, 1, true, CompletableFuture.completedFuture(Reached.NOT_ASKED));

        assertEquals(repeated, repeated.orLost(Set.of("a")));
    }
}
