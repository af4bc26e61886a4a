// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The ledger of channels. Publishers number their events, and readers of every kind write down the events that they get. Meanwhile members
 * are killed, frozen and stopped at random. {@code -Dledger.seconds=600 -Dledger.seed=7} runs it for longer and with other faults. Seed 0
 * takes one from the clock.
 */
@Tag("alone")
class ChannelLedgerIT {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("ledger.seconds", 45));
    private static final long SEED = Long.getLong("ledger.seed", 20_261_121);

    @Test
    void everyReaderGetsEveryAcknowledgedEventInOrderDespiteFaults() throws Exception {
        long seed = SEED != 0 ? SEED : System.currentTimeMillis();
        System.out.println("FIGURES ledger: seed=" + seed + " seconds=" + TIME.toSeconds());
        try (Trio trio = new Trio(
                        "ledger", "access.publish=anyone", "channel.keep.events=10000", "channel.heartbeat=2s");
                Balancer balancer = Balancer.haproxy(trio.members());
                ChannelTraffic traffic = new ChannelTraffic("ledger", balancer::uri, 4, 6, 2)) {
            await("traffic flows").atMost(Duration.ofMinutes(3)).until(() -> traffic.acknowledged() > 300);
            Faults faults = new Faults(seed, trio);
            faults.during(TIME);
            Function<String, URI> direct = path -> trio.members().get(0).uri(path);
            traffic.stop(direct);
            traffic.check("ledger of " + faults.count() + " faults", direct);
        }
    }
}
