// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import io.holdfast.testing.Ports;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 20 workers and 200 clients behind a balancer, while members are killed, frozen and stopped at random, and workers die.
 * {@code -Dwork.seconds=120 -Dledger.seed=7} runs it for longer and with other faults. Seed 0 takes one from the clock.
 */
@Tag("alone")
class WorkLedgerIT {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("work.seconds", 12));
    private static final long SEED = Long.getLong("ledger.seed", 5);

    @Test
    void noRequestIsPerformedTwiceThatMayNotBeAndAllAreAnsweredDespiteFaults() throws Exception {
        long seed = SEED != 0 ? SEED : System.currentTimeMillis();
        System.out.println("FIGURES work: seed=" + seed + " seconds=" + TIME.toSeconds());
        List<Integer> ports = IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
        try (Trio trio = new Trio(
                        "work",
                        i -> List.of("--worker-port", Integer.toString(ports.get(i))),
                        "access.worker=anyone",
                        "work.lease=4s",
                        "work.ack=2s");
                Balancer balancer = Balancer.haproxy(trio.members());
                WorkTraffic traffic = new WorkTraffic(balancer::uri, ports, 20, 200)) {
            await("traffic flows").atMost(Duration.ofMinutes(3)).until(() -> traffic.answered() > 500);
            Faults faults = new Faults(seed, trio);
            faults.during(TIME);
            traffic.stop();
            traffic.check("work with " + faults.count() + " faults");
        }
    }
}
