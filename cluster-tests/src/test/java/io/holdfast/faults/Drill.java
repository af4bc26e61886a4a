// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The long drill, which runs only on request. Members are killed, frozen or stopped at random, one at a time, under the usual traffic.
 * {@code mvn verify -pl cluster-tests -am -Pdrill -Ddrill.minutes=60 -Ddrill.seed=1} runs it. Seed 0 takes one from the clock. The seed is
 * printed, and leads to the same faults in the same order.
 */
@Tag("drill")
class Drill {
    private static final Duration MINUTES = Duration.ofMinutes(Long.getLong("drill.minutes", 10));

    @Test
    void noAcknowledgedIncrementIsLostWhenOneMemberFailsAtATime() throws Exception {
        long given = Long.getLong("drill.seed", 0);
        long seed = given != 0 ? given : System.currentTimeMillis();
        System.out.println("FIGURES drill: seed=" + seed + " minutes=" + MINUTES.toMinutes());
        try (Trio trio = new Trio("drill");
                Balancer balancer = Balancer.haproxy(trio.members());
                Traffic traffic = new Traffic("drill", balancer::uri)) {
            traffic.settle();
            Faults faults = new Faults(seed, trio);
            faults.during(MINUTES);
            traffic.stop();
            traffic.check("drill of " + faults.count() + " faults", trio.members(), Duration.ofSeconds(8));
        }
    }
}
