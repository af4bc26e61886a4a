// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.holdfast.cluster.join.ClusterKey;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which members join, and who is told. All members are real. */
class JoinIT {
    private static final String KEY = "correct horse battery staple";

    private final SystemTimer timer = new SystemTimer("join-test");
    private final int one = Ports.free(), two = Ports.free();
    private final String peers = "127.0.0.1:" + one + ",127.0.0.1:" + two;

    @TempDir
    Path folder;

    @AfterEach
    void stopTheTimer() {
        timer.close();
    }

    private ClusterOptions options(int port, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(
                Map.of("cluster.name", "join-test", "cluster.port", Integer.toString(port), "cluster.peers", peers));
        all.putAll(more);
        return ClusterOptionsTest.read(all);
    }

    private Cluster open(int port, Map<String, String> more) {
        return Cluster.open(options(port, more), List.of(), Clocks.system(timer));
    }

    @Test
    void aMemberAloneIsOnLoopbackAtAnyPortUnderANameOfItsOwn() throws Exception {
        Map<String, String> alone = Map.of("cluster.peers", "", "cluster.interface", "10.255.255.1");
        ClusterOptions first = ClusterOptionsTest.read(alone), second = ClusterOptionsTest.read(alone);
        Set<String> names = new HashSet<>();
        for (ClusterOptions options : List.of(first, second))
            names.add(MemberConfig.of(options, List.of()).getClusterName());
        assertEquals(2, names.size(), names::toString);

        try (Cluster a = Cluster.open(first, List.of(), Clocks.system(timer));
                Cluster b = Cluster.open(second, List.of(), Clocks.system(timer))) {
            assertNotEquals(a.address(), b.address());
            for (Cluster cluster : List.of(a, b)) {
                assertTrue(cluster.address().startsWith("[127.0.0.1]:"), cluster.address());
                int port = Integer.parseInt(
                        cluster.address().substring(cluster.address().lastIndexOf(':') + 1));
                assertTrue(port < 5701 || port > 5801, cluster.address());
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertTrue(socket.isConnected());
                }
            }
        }
    }

    @Test
    void onlyMembersWithTheNameAndTheKeyJoin() throws Exception {
        Path file = folder.resolve("key");
        Files.writeString(file, KEY + "\n");
        try (Cluster first = open(one, Map.of("cluster.key", KEY))) {
            for (Map<String, String> wrong : List.of(
                    Map.<String, String>of(),
                    Map.of("cluster.key", KEY + "!"),
                    Map.of("cluster.key", KEY, "cluster.name", "another"))) {
                try (Cluster second = open(two, wrong)) {
                    assertEquals(1, second.trust().size(), wrong::toString);
                    assertEquals(1, first.trust().size(), wrong::toString);
                }
            }
            try (Cluster second = open(two, Map.of("cluster.key", "file:" + file))) {
                assertEquals(2, second.trust().size());
                await().until(() -> first.trust().size() == 2);
                assertEquals(0, first.unexpectedMembers());
            }
        }
    }

    @Test
    void theKeyIsKeptUnderAHazelcastFileOfTheOperatorsOwn() throws Exception {
        Path file = folder.resolve("own.yaml");
        Files.writeString(file, """
                hazelcast:
                  cluster-name: their-own
                  instance-name: theirs
                  properties:
                    hazelcast.jmx: true
                  network:
                    port:
                      port: %d
                    interfaces:
                      enabled: true
                      interfaces:
                        - 127.0.0.1
                    join:
                      auto-detection:
                        enabled: false
                      tcp-ip:
                        enabled: true
                        member-list:
                          - 127.0.0.1:%d
                          - 127.0.0.1:%d
                """.formatted(one, one, two));
        Map<String, String> own = Map.of("cluster.key", KEY, "cluster.config-file", file.toString());
        try (Cluster first = open(one, own);
                Cluster second = open(two, Map.of("cluster.key", KEY, "cluster.name", "their-own"));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), one)) {
            assertEquals(2, second.trust().size());
            assertEquals(0, first.unexpectedMembers());
            assertEquals(Set.of(), beansThatShow(ClusterKey.of(KEY).onTheWire("their-own")));
            client.setSoTimeout(30_000); // A client that is served would wait for ever.
            client.getOutputStream().write("CP2".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            int answer = client.getInputStream().read();
            assertTrue(answer == -1 || answer == 'H', () -> "served: " + answer);
        }
    }

    @Test
    void neitherTheKeyNorTheNameOnTheWireIsShownAnywhere() throws Exception {
        String wire = ClusterKey.of(KEY).onTheWire("join-test");
        Pattern secret = Pattern.compile(Pattern.quote(wire) + "|horse");
        List<String> shown = new CopyOnWriteArrayList<>();
        Logger root = Logger.getLogger("");
        Level before = root.getLevel();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                String all = entry.getMessage() + " " + entry.getThrown();
                if (secret.matcher(all).find()) shown.add(all);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        try {
            Logger.getLogger("com.hazelcast").setLevel(Level.ALL);
            Map<String, String> keyed = Map.of("cluster.key", KEY, "cluster.log-level", "all");
            try (Cluster first = open(one, keyed);
                    Cluster second = open(two, keyed)) {
                assertEquals(2, second.trust().size());
                assertEquals(List.of(), shown);
                for (Thread thread : Thread.getAllStackTraces().keySet())
                    assertFalse(secret.matcher(thread.getName()).find(), thread::getName);
                assertEquals(Set.of(), beansThatShow(wire));
                assertFalse(secret.matcher(options(one, keyed).toString()).find());
                assertTrue(first.trust().doubt().isEmpty());
            }
            assertEquals(List.of(), shown);
        } finally {
            root.removeHandler(handler);
            root.setLevel(before);
            Logger.getLogger("com.hazelcast").setLevel(null);
        }
    }

    private static Set<String> beansThatShow(String wire) throws JMException {
        Set<String> showing = new HashSet<>();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(null, null)) {
            if (name.toString().contains(wire)) showing.add(name.toString());
            if (name.getDomain().startsWith("com.hazelcast") || name.getDomain().startsWith("io.holdfast"))
                for (MBeanAttributeInfo info : server.getMBeanInfo(name).getAttributes())
                    if (String.valueOf(server.getAttribute(name, info.getName()))
                            .contains(wire)) showing.add(name + " " + info.getName());
        }
        return showing;
    }

    /** It would run other steps on the same entries. */
    @Test
    void aMemberOfAnotherWireVersionIsToldWhyItMayNotJoin() {
        try (Complaints complaints = new Complaints();
                Cluster first = open(one, Map.of())) {
            for (String version : List.of("1", "999")) {
                Config other = wired(two);
                other.getMemberAttributeConfig().setAttribute("holdfast.wire", version);
                assertThrows(IllegalStateException.class, () -> Hazelcast.newHazelcastInstance(other));
                assertEquals(1, first.trust().size());
                assertTrue(
                        complaints.heard().stream()
                                .anyMatch(line -> line.contains("cannot join")
                                        && line.contains("wire version " + version)
                                        && line.contains("start them with one version")),
                        () -> complaints.heard().toString());
            }
            Config none = wired(two);
            none.getMemberAttributeConfig().setAttributes(Map.of());
            assertThrows(IllegalStateException.class, () -> Hazelcast.newHazelcastInstance(none));
            assertEquals(1, first.trust().size());
        }
    }

    private Config wired(int port) {
        Config config = MemberConfig.of(options(port, Map.of()), List.of());
        return config.setClusterName(ClusterKey.NONE.onTheWire("join-test"));
    }

    /** The cluster is of another version, and this member is told so by its exception. */
    @Test
    void aMemberThatIsRefusedSaysWhy() {
        HazelcastInstance first = io.holdfast.cluster.join.OtherVersion.start(wired(one));
        try {
            IllegalStateException refused = assertThrows(IllegalStateException.class, () -> open(two, Map.of()));
            assertTrue(String.valueOf(refused.getMessage()).contains("start them with one version"), refused::toString);
        } finally {
            first.shutdown();
        }
    }

    /** Members of 0.1.0 sent the name as it is. */
    @Test
    void aMemberOfTheFirstVersionDoesNotJoinInEitherDirection() {
        try (Complaints complaints = new Complaints();
                Cluster first = open(one, Map.of())) {
            HazelcastInstance old = Hazelcast.newHazelcastInstance(wired(two).setClusterName("join-test"));
            try {
                assertEquals(1, old.getCluster().getMembers().size());
                assertEquals(1, first.trust().size());
                assertTrue(
                        complaints.heard().stream()
                                .anyMatch(line -> line.contains("all members must have one version")),
                        () -> complaints.heard().toString());
            } finally {
                old.shutdown();
            }
        }
        HazelcastInstance old = Hazelcast.newHazelcastInstance(wired(two).setClusterName("join-test"));
        try (Cluster first = open(one, Map.of())) {
            assertEquals(1, old.getCluster().getMembers().size());
            assertEquals(1, first.trust().size());
        } finally {
            old.shutdown();
        }
    }

    @Test
    void aMemberThatNobodyHasNamedIsCountedAndLoggedOnce() {
        try (Complaints complaints = new Complaints();
                Cluster first = open(one, Map.of("cluster.peers", "localhost:" + one))) {
            try (Cluster second = open(two, Map.of("cluster.peers", "localhost:" + one + ",localhost:" + two))) {
                assertEquals(2, second.trust().size());
                await().until(() -> first.unexpectedMembers() == 1);
                assertEquals(0, second.unexpectedMembers());
                String address = "127.0.0.1:" + two;
                await().until(() -> complaints.heard().stream()
                                .filter(line -> line.contains("cluster.peers does not name") && line.contains(address))
                                .count()
                        == 1);
            }
            await().until(() -> first.unexpectedMembers() == 0);
        }
    }
}
