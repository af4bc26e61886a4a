// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testing.Ports;
import io.holdfast.testing.RestartTraffic;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members are restarted one after the other, as docs/operations/rolling-restart.md has it, and nobody notices. The drill restarts all of
 * them, three times behind each balancer, and writes the table {@code target/rolling-restart.md}:
 * {@code mvn verify -pl cluster-tests -am -Pdrill -Ddrill.tests='%regex[.*RollingRestartIT.*]'}.
 */
class RollingRestartIT {
    /** A busy machine pauses members for longer than the usual limit, which is no matter of these tests. */
    private static final String PATIENT = "cluster.heartbeat-limit=30s";

    private final int page = Ports.free();
    private final List<Duration> perMember = new ArrayList<>();

    @Test
    void nobodyNoticesThatAMemberIsRestarted() throws Exception {
        try (Trio trio = trio("restart");
                Balancer balancer = Balancer.haproxy(trio.members());
                RestartTraffic traffic = new RestartTraffic(address(balancer), 40, 10)) {
            restart(trio, 1);
            check(balancer, traffic, "standalone, haproxy, one");
        }
    }

    @Tag("drill")
    @ParameterizedTest
    @CsvSource({"haproxy,1", "haproxy,2", "haproxy,3", "nginx,1", "nginx,2", "nginx,3"})
    void nobodyNoticesThatAllMembersAreRestarted(String kind, int run) throws Exception {
        try (Trio trio = trio("rolling-" + kind + run);
                Balancer balancer = balancer(kind, trio);
                RestartTraffic traffic = RestartTraffic.withBrowser(address(balancer), 200, 50, page)) {
            for (int i = 0; i < trio.members().size(); i++) restart(trio, i);
            check(balancer, traffic, "standalone, " + kind + ", run " + run);
        }
    }

    /** Clients notice that; what was acknowledged is there. */
    @Tag("drill")
    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    void aStopWithoutDrainLosesNothingThatWasAcknowledged(String kind) throws Exception {
        try (Trio trio = trio("undrained-" + kind, "drain.delay=0s");
                Balancer balancer = balancer(kind, trio);
                RestartTraffic traffic = new RestartTraffic(address(balancer), 200, 50)) {
            for (int i = 0; i < trio.members().size(); i++) restart(trio, i);
            traffic.checkNothingLost("standalone, " + kind + ", without drain", perMember);
        }
    }

    private Trio trio(String name, String... more) {
        List<String> settings = new ArrayList<>(
                List.of(PATIENT, "access.publish=anyone", "cors.origins=" + RestartTraffic.origin(page)));
        settings.addAll(List.of(more));
        return new Trio(name, settings.toArray(String[]::new));
    }

    private static Balancer balancer(String kind, Trio trio) {
        return kind.equals("nginx") ? Balancer.nginx(trio.members()) : Balancer.haproxy(trio.members());
    }

    private static URI address(Balancer balancer) {
        return URI.create("http://127.0.0.1:" + balancer.port());
    }

    private void restart(Trio trio, int index) {
        Member member = trio.members().get(index);
        Pause.of(Duration.ofSeconds(1));
        long start = System.nanoTime();
        member.stop();
        member.restart();
        trio.awaitAll();
        perMember.add(Duration.ofNanos(System.nanoTime() - start));
        // The balancer finds out that it is back.
        Pause.of(Duration.ofSeconds(2));
    }

    private void check(Balancer balancer, RestartTraffic traffic, String what) throws Exception {
        List<String> slow = balancer.log()
                .lines()
                .filter(line -> line.contains("is DOWN") && line.contains("timeout"))
                .toList();
        // The balancer cuts the connections of a member that does not answer it within two seconds.
        assumeTrue(slow.isEmpty(), () -> "The machine is too slow to tell: " + slow);
        traffic.check(what, perMember);
    }
}
