// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 200 cameras and 1,000 users behind a balancer, while members are killed, frozen and stopped at random. {@code -Dcameras.seconds=120
 * -Dledger.seed=7} runs it for longer and with other faults. Seed 0 takes one from the clock.
 */
@Tag("alone")
class CameraLedgerIT {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("cameras.seconds", 12));
    private static final long SEED = Long.getLong("ledger.seed", 4);

    @Test
    void everyUserGetsANewAnswerOfThatCameraOrARefusalInTimeDespiteFaults() throws Exception {
        long seed = SEED != 0 ? SEED : System.currentTimeMillis();
        System.out.println("FIGURES cameras: seed=" + seed + " seconds=" + TIME.toSeconds());
        try (Trio trio = new Trio("cameras", List.of("--user", CameraTraffic.USER));
                Balancer balancer = Balancer.haproxy(trio.members());
                CameraTraffic traffic = new CameraTraffic(balancer::uri, 200, 1_000)) {
            await("traffic flows").atMost(Duration.ofMinutes(3)).until(() -> traffic.answered() > 500);
            Faults faults = new Faults(seed, trio);
            faults.during(TIME);
            traffic.stop();
            traffic.check("cameras with " + faults.count() + " faults");
        }
    }
}
