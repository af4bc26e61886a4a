// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every member is killed in turn while clients poll and writers increment through the balancer.
 *
 * <p>A writer's stall is the time from its first try of an increment to the answer that acknowledges it. Every failed try and every pause
 * between tries is part of it. The writers go through the balancer, as real clients do.
 */
@Tag("alone")
class KillIT {

    @Test
    void noAcknowledgedIncrementIsLostWhenEachMemberIsKilledInTurn() throws Exception {
        try (Trio trio = new Trio("kill");
                Balancer balancer = Balancer.haproxy(trio.members());
                Traffic traffic = new Traffic("kill", balancer::uri)) {
            traffic.settle();
            for (Member victim : trio.members()) {
                victim.kill();
                Pause.of(Duration.ofSeconds(4));
                victim.restart();
                trio.awaitAll();
                Pause.of(Duration.ofSeconds(2));
            }
            traffic.stop();
            traffic.check("each member killed in turn", trio.members(), Duration.ofSeconds(2));
        }
    }
}
