// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The long drill, run on request only: one member after the other is killed, frozen or stopped in good order, at random, while
 * the usual traffic goes on. {@code mvn verify -pl cluster-tests -am -Pdrill -Ddrill.minutes=60 -Ddrill.seed=1}; seed 0 takes
 * one from the clock. The seed is printed, and leads to the same faults in the same order.
 */
class Drill {
    private static final Duration MINUTES = Duration.ofMinutes(Long.getLong("drill.minutes", 10));

    @Test
    void nothingAcknowledgedIsLostWhateverHappensToOneMemberAtATime() throws Exception {
        long given = Long.getLong("drill.seed", 0);
        long seed = given != 0 ? given : System.currentTimeMillis();
        System.out.println("FIGURES drill: seed=" + seed + " minutes=" + MINUTES.toMinutes());
        Random random = new Random(seed);
        try (Trio trio = new Trio("drill");
                Balancer balancer = Balancer.haproxy(trio.members());
                Traffic traffic = new Traffic("drill", balancer::uri)) {
            traffic.settle();
            long end = System.nanoTime() + MINUTES.toNanos();
            int faults = 0;
            while (System.nanoTime() < end) {
                fault(random, trio.members().get(random.nextInt(3)));
                faults++;
                trio.awaitAll();
                Pause.of(Duration.ofMillis(1_000 + random.nextInt(10_000)));
            }
            traffic.stop();
            traffic.check("drill of " + faults + " faults", trio.members(), Duration.ofSeconds(8));
        }
    }

    private static void fault(Random random, Member victim) {
        int kind = random.nextInt(3);
        Duration length = Duration.ofMillis(500 + random.nextInt(25_000));
        System.out.println("FIGURES drill: " + victim.name() + " is "
                + (kind == 0 ? "killed" : kind == 1 ? "frozen" : "stopped") + " for ms=" + length.toMillis());
        if (kind == 1) {
            victim.freeze();
            Pause.of(length);
            victim.thaw();
        } else {
            if (kind == 0) victim.kill();
            else victim.stop();
            Pause.of(length);
            victim.startAgain();
        }
    }
}
