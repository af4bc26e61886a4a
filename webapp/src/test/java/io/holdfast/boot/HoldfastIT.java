// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.PortFault;
import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Member;
import io.holdfast.testing.Ports;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is left when Holdfast closes, or does not start. */
class HoldfastIT {
    private Set<String> threadsBefore = Set.of();

    @BeforeEach
    void lookAround() {
        threadsBefore = ours();
    }

    /** The threads of Holdfast and of Hazelcast, by name. */
    private static Set<String> ours() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("holdfast-") || name.startsWith("hz."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void nothingIsLeft() throws JMException {
        await("threads end").untilAsserted(() -> {
            Set<String> left = ours();
            left.removeAll(threadsBefore);
            assertEquals(Set.of(), left);
        });
        ObjectName pattern = new ObjectName("io.holdfast:*");
        assertEquals(Set.of(), ManagementFactory.getPlatformMBeanServer().queryNames(pattern, null));
    }

    private static Settings settings(Map<String, String> values) {
        Properties properties = new Properties();
        values.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        return Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    @Test
    void aMemberThatHasWorkedLeavesNoThreadAndNoBean() throws Exception {
        try (Member member = Member.start(Map.of())) {
            Exchange held = member.http().send("GET", "/counter/value/?last=0&wait=30");
            await().until(() -> member.holds() == 1);
            member.http().post("/counter/value/");
            assertEquals("1\n", held.response().body());
            assertTrue(ours().size() > threadsBefore.size());
        }

        nothingIsLeft();
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        Holdfast holdfast = Holdfast.open(settings(Map.of("cluster.port", Integer.toString(Ports.free()))), "/twice");

        holdfast.close();
        holdfast.close();

        nothingIsLeft();
    }

    @Test
    void wrongSettingsAreRefusedBeforeAnythingIsOpened() throws Exception {
        Settings wrong = settings(Map.of("hold.limit", "none", "unheard.of", "1"));

        SettingsException refused = assertThrows(SettingsException.class, () -> Holdfast.open(wrong, "/wrong"));

        assertEquals(3, String.valueOf(refused.getMessage()).lines().count(), refused.getMessage());
        nothingIsLeft();
    }

    @Test
    void faultsOfTheRoutesFileAreToldWithAllOthersBeforeAnythingIsOpened(@TempDir Path folder) throws Exception {
        Path routes = Files.writeString(folder.resolve("routes"), "* localhost:8080\n*,debgu localhost:8081\nhost\n");
        Path absent = folder.resolve("absent");

        String bad = refused(settings(Map.of("cluster.backups", "none", "proxy.routes", routes.toString())));
        String none = refused(settings(Map.of("unheard.of", "1", "proxy.routes", absent.toString())));

        assertEquals(
                List.of(
                        "The settings are wrong:",
                        "cluster.backups must be a whole number from 0 to 6, not 'none' (from a system property).",
                        routes + ", line 2: debgu is not a parameter of the condition; the nearest is debug.",
                        routes + ", line 3: There is no target; name one after the condition, such as localhost:8080."),
                bad.lines().map(String::strip).toList());
        assertEquals(
                List.of(
                        "The settings are wrong:",
                        "The routes file " + absent + " does not exist.",
                        "unheard.of is not a setting (from a system property)."),
                none.lines().map(String::strip).toList());
        nothingIsLeft();
    }

    private static String refused(Settings wrong) {
        return String.valueOf(assertThrows(SettingsException.class, () -> Holdfast.open(wrong, "/wrong"))
                .getMessage());
    }

    @Test
    void aMemberPortThatIsTakenStopsTheStartAndLeavesNothing() throws Exception {
        int port = Ports.free();
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Settings settings = settings(Map.of(
                    "cluster.name",
                    "taken",
                    "cluster.port",
                    Integer.toString(port),
                    "cluster.peers",
                    "127.0.0.1:" + port));

            RuntimeException refused = assertThrows(RuntimeException.class, () -> Holdfast.open(settings, "/taken"));

            assertTrue(refused.toString().contains(Integer.toString(port)), refused.toString());
        }
        nothingIsLeft();
    }

    @Test
    void aPortOfAnotherCopyInThisServerIsToldAsSuch() throws Exception {
        int worker = Ports.free(), free = Ports.free();
        try (Member member = Member.start(Map.of("work.port", Integer.toString(worker)))) {
            int port = member.hazelcast()
                    .getCluster()
                    .getLocalMember()
                    .getAddress()
                    .getPort();
            String ofMember = refusedPort(Map.of(
                    "cluster.name",
                    "taken",
                    "cluster.port",
                    Integer.toString(port),
                    "cluster.peers",
                    "127.0.0.1:" + port));
            String ofWorkers =
                    refusedPort(Map.of("cluster.port", Integer.toString(free), "work.port", Integer.toString(worker)));

            String beside = " Another copy of Holdfast runs in this server, at " + member.context()
                    + ". Each needs a port of its own: the JNDI entry holdfast/%s is of one application alone.";
            assertEquals(
                    "Member port " + port
                            + " on 127.0.0.1 cannot be used: Address already in use. Stop what holds it, or choose another"
                            + " with cluster.port (--cluster-port)." + beside.formatted("cluster.port"),
                    ofMember);
            assertTrue(ofWorkers.startsWith("Worker port " + worker + " on 127.0.0.1 cannot be used: "), ofWorkers);
            assertTrue(ofWorkers.endsWith(beside.formatted("work.port")), ofWorkers);
            assertEquals(200, member.http().get("/health/ready").status(), "the older one serves on");
        }
        nothingIsLeft();
    }

    private static String refusedPort(Map<String, String> values) {
        return String.valueOf(assertThrows(PortFault.class, () -> Holdfast.open(settings(values), "/new"))
                .getMessage());
    }

    @Test
    void aContextThatIsDeployedTwiceIsServedTwiceAndTheFirstKeepsItsBean() throws Exception {
        try (Member member = Member.start(Map.of())) {
            ObjectName bean = new ObjectName("io.holdfast:type=Meters,context=" + ObjectName.quote(member.context()));
            Settings settings = settings(Map.of("cluster.port", Integer.toString(Ports.free())));

            try (Holdfast second = Holdfast.open(settings, member.context())) {
                assertEquals(
                        1,
                        second.counters().increment("x").toCompletableFuture().join());
            }

            assertTrue(ManagementFactory.getPlatformMBeanServer().isRegistered(bean));
            assertEquals(200, member.http().get("/health/ready").status());
            assertEquals("1\n", member.http().post("/counter/value/").body());
        }
        nothingIsLeft();
    }
}
