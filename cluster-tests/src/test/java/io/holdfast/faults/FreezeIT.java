// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The oldest member, which leads the cluster, and then a younger one are each frozen for 20 s and rejoin afterwards. Stalls are measured as
 * in {@link KillIT}.
 */
@Tag("drill")
class FreezeIT {
    private static final Duration FROZEN = Duration.ofSeconds(20);
    private static final Duration BACK = Duration.ofSeconds(60), PATIENCE = Duration.ofMinutes(3);

    @Test
    void aFrozenMemberStallsWritersBrieflyAndNeverServesWhatItMissed() throws Exception {
        try (Trio trio = new Trio("freeze");
                Balancer balancer = Balancer.haproxy(trio.members());
                Traffic traffic = new Traffic("freeze", balancer::uri)) {
            traffic.settle();
            freeze("oldest", trio.members().get(0), trio, traffic);
            // The second is the oldest now.
            freeze("younger", trio.members().get(2), trio, traffic);
            traffic.stop();
            traffic.check("frozen for 20 s", trio.members(), Duration.ofSeconds(8));
        }
    }

    private static void freeze(String which, Member victim, Trio trio, Traffic traffic) {
        victim.freeze();
        Pause.of(FROZEN);
        // These clients ask only the thawed member, from its first moment on.
        traffic.readersOf(victim);
        victim.thaw();
        long thawed = OwnTime.now();
        for (Member member : trio.members()) member.awaitReady(3, PATIENCE);
        Duration back = OwnTime.since(thawed);
        assertTrue(back.compareTo(BACK) <= 0, () -> "The member was back after " + back);
        Pause.of(Duration.ofSeconds(3));
        System.out.println(
                "FIGURES the " + which + " frozen for 20 s: back in the cluster after ms=" + back.toMillis());
    }
}
